import type { AlertPerson } from '#contracts/http/alert.ts';

/** Of whom the person at the board probably speaks: who is on the way arrives or passes on, else the first who can still go. */
export function likeliest(
  people: readonly AlertPerson[],
  action: 'acknowledge' | 'arrive' | 'pass',
): AlertPerson | undefined {
  const onTheWay = action !== 'acknowledge' ? people.find((person) => person.onTheWay) : undefined;
  return onTheWay ?? people.find((person) => !person.passed) ?? people[0];
}
