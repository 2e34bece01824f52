import { createHash, randomBytes } from 'node:crypto';

/** A secret of 256 random bits, shown once. */
export const createSecretToken = (): string => randomBytes(32).toString('base64url');

/** What the database keeps of a secret. A fast hash is enough: nobody can guess 256 random bits. */
export const hashSecretToken = (token: string): Buffer => createHash('sha256').update(token).digest();
