import pg from 'pg';

/** It was known already; another process stored the same, or locked the same rows, at this very moment. */
const RACED = new Set(['23505', '40001', '40P01']);

/** An error after which the same work is done again at once, and the connection is as good as before. */
export const isRace = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && RACED.has(error.code ?? '');
