import type { Chance } from './chance.ts';
import type { Habit, Person, Plan } from './plan.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A reply as it leaves a phone; `safeFor` is the home that it says is well. */
export type Reply = { at: number; phone: string; text: string; safeFor: string | undefined };

/** The stewards, neighbours and the office: what each writes once a page has come to their phone. */
export type People = {
  find(phone: string): Person | undefined;
  /** @returns what this person will write of the home; nothing the second time they hear of the same day of it */
  answers(person: Person, code: string, alertId: string, at: number): Reply[];
};

export function createPeople(plan: Plan, chance: Chance): People {
  const byPhone = new Map([...plan.people.values()].map((person) => [person.phone, person]));
  const heard = new Set<string>();
  return {
    find: (phone) => byPhone.get(phone),
    answers({ id, phone, habit }, code, alertId, at) {
      const label = `${phone} of ${code}`;
      if (heard.has(id + alertId)) return [];
      heard.add(id + alertId);
      const say = (afterMs: number, text: string, isSafe = false): Reply => ({
        ...{ at: at + afterMs, phone, text, safeFor: isSafe ? code : undefined },
      });
      const soon = chance.between(`${label} soon`, 15, 150) * SECOND;
      const visit = soon + chance.between(`${label} visit`, 4, 25) * MINUTE;
      const byHabit: Record<Habit, Reply[]> = {
        prompt: [say(soon, `${code}1`), say(visit, `${code}2`, true)],
        late: [say(chance.between(`${label} late`, 30, 300) * MINUTE, `${code} 没事`, true)],
        confused: [say(soon, '哪一家？'), say(visit, '991'), say(visit + MINUTE, `${code}1`)],
        passes: [say(soon, `${code}4`)],
        never: [],
        calls_emergency: [say(soon, `${code}3`), say(visit, `${code}2`, true)],
      };
      return byHabit[habit];
    },
  };
}
