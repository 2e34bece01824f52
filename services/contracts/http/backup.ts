import Type, { type Static } from 'typebox';
import { Instant, Nullable } from './scalars.ts';

/** How it stands with backups: the last one that went through, and the last try where it failed. */
export const BackupView = Type.Object({
  /** Whether a folder is set for one every night. */
  nightly: Type.Boolean(),
  /** Restored once before it got its name. */
  last: Nullable(
    Type.Object({
      at: Instant,
      /** Its name, without the folder. */
      file: Type.String(),
      bytes: Type.Integer(),
      /** Made by itself in a night, or by a command. */
      nightly: Type.Boolean(),
      /** Older than one of every night may be. */
      isOld: Type.Boolean(),
    }),
  ),
  failed: Nullable(Type.Object({ at: Instant, code: Type.String() })),
});
export type BackupView = Static<typeof BackupView>;
