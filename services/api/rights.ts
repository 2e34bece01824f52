import { ROLES, SEATS, type Seat } from '#pact/role.ts';
import { PactError } from '#platform/errors.ts';
import type { Actor } from './actor.ts';

/** Who may use a route. Whose things they get there is the route's own question: see `actor.ts`. */
export type Rights = {
  roles: readonly Seat[];
  /** Whether a program's token will do; without it only a person who is signed in. */
  programs: boolean;
};

const to = (...roles: Seat[]): Rights => ({ roles, programs: true });

export const ANYBODY: Rights = to(...SEATS);
/** Whoever is signed in as somebody. */
export const PEOPLE: Rights = { ...to(...ROLES), programs: false };
/** Lets people in: a program's token could be revoked, and they would stay. */
export const ADMINS: Rights = { roles: ['admin'], programs: false };
export const OFFICE: Rights = to('admin', 'office');
export const PEOPLE_OF_OFFICE: Rights = { ...OFFICE, programs: false };
/** Homes and their alerts: a steward’s are those that they look after, which the route sees to. */
export const HOMES: Rights = to('admin', 'office', 'steward');
/** The day as a board shows it: whoever has to do with homes, and a wall. */
export const MORNING: Rights = to('admin', 'office', 'steward', 'wall');
/** Sensors and where they hang; names are left out for maintenance, which the route sees to. */
export const SENSORS: Rights = to('admin', 'office', 'maintenance');
/** Where homes are. Both of the above hold. */
export const PLACES: Rights = to('admin', 'office', 'steward', 'maintenance');
/** How many, never who or where. */
export const COUNTS: Rights = to('admin', 'office', 'district');

/** @throws PactError NOT_ALLOWED */
export function assertRight(actor: Actor, rights: Rights | undefined): void {
  const comes = actor.kind === 'account' || rights?.programs;
  if (comes && rights?.roles.includes(actor.role)) return;
  throw new PactError('NOT_ALLOWED', 'This is not for whoever has this role.', {
    hint: 'Ask an administrator, or use an account of another role.',
  });
}
