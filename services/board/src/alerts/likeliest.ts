import type { AlertPerson } from '#contracts/http/alert.ts';

/**
 * Of whom the person at the board probably speaks: who is on the way arrives or passes on; one who goes instead is
 * somebody else; else it is the first who can still go.
 */
export function likeliest(
  people: readonly AlertPerson[],
  action: 'acknowledge' | 'arrive' | 'reassign' | 'pass',
): AlertPerson | undefined {
  if (action === 'reassign') {
    const others = people.filter((person) => !person.onTheWay);
    return others.find((person) => !person.passed) ?? others[0];
  }
  const onTheWay = action !== 'acknowledge' ? people.find((person) => person.onTheWay) : undefined;
  return onTheWay ?? people.find((person) => !person.passed) ?? people[0];
}
