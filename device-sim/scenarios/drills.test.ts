import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Drill, isGreen } from '../chaos/drill.ts';
import { DRILLS } from '../chaos/drills.ts';
import { tellDrill } from '../chaos/report.ts';
import { runDrill } from '../chaos/run-drill.ts';

// How long it takes is for the drill itself, on a machine that does nothing else.
const mostRecoveryMs = Number.POSITIVE_INFINITY;

test('every drill has a name of its own', () => {
  expect(new Set(DRILLS.map(({ name }) => name)).size).toBe(DRILLS.length);
});

test.concurrent('a killed broker is back, and nothing is lost', { timeout: 120_000 }, async () => {
  const drill = DRILLS.find(({ name }) => name === 'kill-broker') as Drill;
  const result = await runDrill({ ...drill, mostRecoveryMs, mostLateMs: mostRecoveryMs });
  expect(isGreen(result), tellDrill(result)).toBe(true);
});

test.concurrent('a drill that loses an acknowledged report is red', { timeout: 120_000 }, async () => {
  const result = await runDrill({
    ...{ name: 'lose', injects: 'one event deleted', mostRecoveryMs, mostLateMs: mostRecoveryMs },
    async run({ town }) {
      await sql`delete from event where id = (select min(id) from event where type = 'closed')`.execute(
        town.db,
      );
      return undefined;
    },
  });
  expect(result.lost).toEqual([expect.stringMatching(/was acknowledged and is not stored/)]);
});
