import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openSecret, sealSecret } from './seal.ts';

const key = randomBytes(32);

it('opens what was sealed under the same key, in any language and also where it is empty', () => {
  for (const text of ['', 'hunter2', '密码 🔑'.repeat(40)])
    expect(openSecret(key, sealSecret(key, text))).toBe(text);
});

it('seals the same secret otherwise each time and never shows it', () => {
  const [one, other] = [sealSecret(key, 'hunter2'), sealSecret(key, 'hunter2')];
  expect(one.equals(other)).toBe(false);
  expect(one.includes('hunter2')).toBe(false);
});

it('opens nothing under another key, and nothing that somebody has changed', () => {
  const sealed = sealSecret(key, 'hunter2');
  expect(() => openSecret(randomBytes(32), sealed)).toThrow();
  for (const at of [0, 12, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => openSecret(key, changed)).toThrow();
  }
  expect(() => openSecret(key, sealed.subarray(0, 20))).toThrow();
});
