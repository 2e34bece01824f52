import { randomInt } from 'node:crypto';
import type { Morning } from './morning.ts';

/** Letters and digits that nobody mixes up when reading them from a terminal. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/**
 * Spends the one-time link that the service printed, as an office does on its first day, so that the person
 * at the terminal only signs in. The password is new in every run.
 */
export async function makeDemoAccount({
  http,
  setupLink,
}: Pick<Morning, 'http' | 'setupLink'>): Promise<{ username: string; password: string }> {
  const token = /[A-Za-z0-9_-]{20,}$/.exec(setupLink ?? '')?.[0];
  if (!token) throw new Error('The service gave no set-up link.');
  const username = 'demo';
  const password = Array.from({ length: 3 }, () => letters(4)).join('-');
  const response = await fetch(`${http}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, username, name: '社区办公室', password }),
  });
  if (!response.ok) throw new Error(`The demo's account was refused with ${response.status}.`);
  return { username, password };
}

const letters = (count: number) =>
  Array.from({ length: count }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
