import { createHash, randomBytes } from 'node:crypto';

/** 80 random bits: short enough for an SMS, and not guessed at a bounded rate as long as a link holds. */
const TOKEN_BYTES = 10;

/** The secret of a link that people are sent; it is kept as a hash only. */
export function createLinkToken(): { token: string; hash: Buffer } {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  return { token, hash: hashLinkToken(token) };
}

export const hashLinkToken = (token: string): Buffer => createHash('sha256').update(token).digest();
