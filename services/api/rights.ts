import type { Role } from '#pact/role.ts';
import { PactError } from '#platform/errors.ts';
import type { Actor } from './actor.ts';

/** Who may use a route. Whose things they get there is the route's own question: see `actor.ts`. */
export type Rights = {
  roles: readonly Role[];
  /** Whether a program's token will do; without it only a person who is signed in. */
  programs: boolean;
};

export const ANYBODY: Rights = { roles: ['admin', 'office'], programs: true };
/** Lets people in: a program's token could be revoked, and they would stay. */
export const ADMINS: Rights = { roles: ['admin'], programs: false };
export const OFFICE: Rights = { roles: ['admin', 'office'], programs: true };
export const PEOPLE_OF_OFFICE: Rights = { ...OFFICE, programs: false };

/** @throws PactError NOT_ALLOWED */
export function assertRight(actor: Actor, rights: Rights | undefined): void {
  const holds = actor.kind === 'token' ? rights?.programs : rights?.roles.includes(actor.role);
  if (holds) return;
  throw new PactError('NOT_ALLOWED', 'This is not for whoever has this role.', {
    hint: 'Ask an administrator, or use an account of another role.',
  });
}
