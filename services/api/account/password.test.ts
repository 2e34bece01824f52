import { expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';

it('knows a password again, whichever keyboard composed its letters, and no other', async () => {
  const hash = await hashPassword('café 窗帘之约 08:00');
  expect(await verifyPassword('cafe\u0301 窗帘之约 08:00', hash)).toBe(true);
  expect(await verifyPassword('cafe 窗帘之约 08:00', hash)).toBe(false);
  expect(await verifyPassword('', undefined)).toBe(false);
});

it('reads what other programs wrote in the same format', async () => {
  // From the test vectors of the reference implementation (P-H-C/phc-winner-argon2, src/test.c).
  const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  expect(await verifyPassword('password', hash)).toBe(true);
  expect(await verifyPassword('passwore', hash)).toBe(false);
});
