export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** True when a file or folder is simply not there; every other fault of the file system is a fault. */
export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
