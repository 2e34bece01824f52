import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** What takes longest, in this order; then everything with a browser; a clean clone knows no durations. */
const LONGEST = [
  'device-sim/scenarios/killed-between',
  'services/main.test',
  'device-sim/scenarios/demo-once',
  'device-sim/scenarios/database-away',
  'services/escalation/redis',
  'device-sim/scenarios/',
  'services/board/e2e/',
];

/** Begins with the longest test files, so that none of them runs on alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((part) => moduleId.includes(part));
      return index === -1 ? LONGEST.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
