import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';

/** A disk of its own that is small enough to be filled. */
export type SmallDisk = {
  readonly folder: string;
  /** To the last byte that can be had. */
  fill(): void;
  free(): void;
  close(): void;
};

/** Why no disk can be made here; undefined where it can. */
export function lacksSmallDisk(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  return process.getuid?.() === 0 ? undefined : 'needs root, who may mount a small disk';
}

export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  mkdirSync(folder);
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  if (status !== 0) throw new Error(`a small disk cannot be mounted: ${String(stderr).trim()}`);
  await chmod(folder, 0o755);
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a');
      try {
        for (let size = 1 << 20; size > 0; ) if (!append(file, size)) size >>= 1;
      } finally {
        closeSync(file);
      }
      if (statfsSync(folder).bavail > 1) throw new Error('the small disk did not fill');
    },
    free: () => rmSync(ballast, { force: true }),
    close() {
      // Lazily: whoever still has a file open there is about to end.
      spawnSync('umount', ['-l', folder]);
    },
  };
}

/** False when there is no room for it. */
function append(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
