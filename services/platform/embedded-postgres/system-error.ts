import { PactError } from '#platform/errors.ts';
import { codeOf } from './error-code.ts';

/** What the file system refused while the data folder was used, in words of the one catalogue. */
export const asPactError = (error: unknown, dataDir: string): unknown => {
  const code = codeOf(error);
  if (error instanceof PactError || !(error instanceof Error) || !code) return error;
  const hint = HINTS[code];
  if (!hint) return error;
  return new PactError('DATA_DIR_UNUSABLE', `The data folder ${dataDir} cannot be used: ${error.message}`, {
    cause: error,
    hint,
  });
};

/** A hint where what PostgreSQL said points at the disk. */
export const diskHint = (output: string): string | undefined => {
  if (/No space left on device|disk full/i.test(output)) return HINTS.ENOSPC;
  if (/Disk quota exceeded/i.test(output)) return HINTS.EDQUOT;
  if (/Read-only file system/i.test(output)) return HINTS.EROFS;
  return undefined;
};

const rights = `Run as the user that owns the data folder${process.getuid ? ` (you are uid ${process.getuid()})` : ''}, give it to this user (chown -R), or choose another folder.`;

const HINTS: Record<string, string> = {
  ENOSPC: 'The disk is full: free some space and start again. Nothing that was acknowledged is lost.',
  EDQUOT:
    'The disk quota is used up: free some space and start again. Nothing that was acknowledged is lost.',
  EROFS: 'The file system is read-only: check the disk, or choose another data folder.',
  EACCES: rights,
  EPERM: rights,
  ENOTDIR: 'Part of the path is a file, not a folder: choose another data folder.',
  EEXIST: 'A file stands where the data folder should be: choose another data folder.',
};
