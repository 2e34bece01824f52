import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const argon2Async = promisify(argon2);

/** The OWASP Password Storage Cheat Sheet's first choice for Argon2id: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const TAG_BYTES = 32;

/** A hash in the PHC string format, worked out off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await tagOf(password, { nonce, tagLength: TAG_BYTES, ...COST });
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`;
}

/**
 * Whether the password is the one that was hashed. Without a hash the same work is done and the answer is no,
 * so that nobody learns from the time which names have accounts.
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const { expected, ...parameters } = parse(hash ?? NOBODYS);
  const tag = await tagOf(password, parameters);
  return timingSafeEqual(tag, expected) && hash !== undefined;
}

/** The same password typed on two keyboards may differ in bytes: it is compared in one normal form (NIST SP 800-63B). */
const tagOf = (password: string, parameters: Omit<Argon2Parameters, 'message'>): Promise<Buffer> =>
  argon2Async('argon2id', { message: password.normalize('NFKC'), ...parameters });

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parse(hash: string) {
  const match = PHC.exec(hash);
  if (!match) throw new Error('A stored password hash is not in the PHC format of Argon2id.');
  const expected = Buffer.from(match[5]!, 'base64');
  return {
    memory: Number(match[1]),
    passes: Number(match[2]),
    parallelism: Number(match[3]),
    nonce: Buffer.from(match[4]!, 'base64'),
    tagLength: expected.length,
    expected,
  };
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

const NOBODYS = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(Buffer.alloc(16))}$${base64(Buffer.alloc(TAG_BYTES))}`;
