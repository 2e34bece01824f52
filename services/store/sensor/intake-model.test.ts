import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { settleTime } from './device-time.ts';
import type { IntakeMessage, IntakeOutcome } from './intake.ts';
import { recordIntake } from './record-intake.ts';
import { HOUR, MINUTE, MORNING, message, openSensors } from './sensor-fixture.ts';

let database: TestDatabase;
let sensors: Awaited<ReturnType<typeof openSensors>>;

beforeAll(async () => {
  database = await createTestDatabase();
  sensors = await openSensors(database.url);
});
afterAll(async () => {
  await sensors.pool.end();
  await database.drop();
});

/** A sensor as a plain list: every rule is a search through all that was stored. */
function createModel() {
  type Event = IntakeMessage & { at: number; source: string; boot: number; opening: boolean };
  const events: Event[] = [];
  const state = {
    known: false,
    boot: 0,
    curtain: 'unknown',
    curtainAt: Number.NEGATIVE_INFINITY,
    position: null as number | null,
    openedAt: null as number | null,
    seenAt: 0,
    clockWrongAt: null as number | null,
  };

  function record(raw: IntakeMessage): IntakeOutcome {
    const { at, source, deviceAt, isOfAnotherDay } = settleTime(raw);
    const said = { ...raw, deviceAt };
    state.known = true;
    if (!said.retained) {
      state.seenAt = Math.max(state.seenAt, said.receivedAt);
      const isWrong = source === 'device_refused' && !(isOfAnotherDay && said.type !== 'heartbeat');
      if (isWrong) state.clockWrongAt = Math.max(state.clockWrongAt ?? 0, said.receivedAt);
      if (source === 'device' && said.receivedAt >= (state.clockWrongAt ?? 0)) state.clockWrongAt = null;
    }
    if (said.type === 'heartbeat') return 'recorded';
    if (said.type === 'tamper') said.position = null;
    const looksLike = (event: Event) =>
      event.type === said.type && event.deviceAt === deviceAt && event.position === said.position;
    const isNamesake = (event: Event) =>
      said.seq !== null
        ? event.seq === said.seq
        : source === 'device_refused' &&
          deviceAt !== null &&
          event.source === source &&
          event.seq === null &&
          looksLike(event);
    const isSame = (event: Event) =>
      looksLike(event) &&
      ((source === 'device' && event.source === 'device') ||
        (isNamesake(event) && event.receivedAt > said.receivedAt - 48 * HOUR));
    if (events.some(isSame)) return 'duplicate';
    if (events.some((event) => isNamesake(event) && event.boot === state.boot)) state.boot += 1;

    const isNewest = at >= state.curtainAt;
    const positions = events
      .filter((event) => event.type === 'position' && event.source === 'device')
      .toSorted((a, b) => a.at - b.at);
    let opening = false;
    if (said.type === 'opened') {
      opening = !(said.redelivered && said.seq === null && deviceAt === null && state.curtain === 'open');
    }
    if (said.type === 'position') {
      const before = isNewest
        ? state.position
        : (positions.findLast((event) => event.at < at)?.position ?? null);
      opening = before !== null && before < 50 && (said.position ?? 0) >= 50;
      const next = positions.find((event) => event.at > at);
      if (
        !isNewest &&
        !isOfAnotherDay &&
        next &&
        !next.retained &&
        (said.position ?? 0) < 50 &&
        (next.position ?? 0) >= 50
      ) {
        next.opening = true;
        state.openedAt = Math.max(state.openedAt ?? 0, next.at);
      }
    }
    opening &&= !said.retained && !isOfAnotherDay;
    events.push({ ...said, at, source, boot: state.boot, opening });
    if (opening) state.openedAt = Math.max(state.openedAt ?? 0, at);
    if (said.type !== 'tamper' && isNewest && !isOfAnotherDay) {
      state.curtainAt = at;
      state.position = said.position ?? state.position;
      const isOpen = said.type === 'position' ? (said.position ?? 0) >= 50 : said.type === 'opened';
      state.curtain = isOpen ? 'open' : 'closed';
    }
    return 'recorded';
  }

  return { events, state, record };
}

const step = fc.record({
  sensorId: fc.constantFrom('a', 'b'),
  type: fc.constantFrom('opened', 'closed', 'position', 'position', 'tamper', 'heartbeat'),
  seq: fc.constantFrom(null, null, 1, 2, 3),
  deviceAt: fc.constantFrom(
    null,
    null,
    0,
    1_000,
    MORNING - 20 * 24 * HOUR,
    MORNING - 49 * HOUR,
    ...[0, 1, 2, 3, 4].map((minute) => MORNING + minute * MINUTE),
  ),
  percent: fc.constantFrom(0, 40, 50, 100),
  withPosition: fc.boolean(),
  retained: fc.integer({ min: 0, max: 4 }).map((roll) => roll === 0),
  redelivered: fc.boolean(),
  /** The time since the one before. */
  later: fc.constantFrom(0, 0, MINUTE, MINUTE, 23 * HOUR, 50 * HOUR),
});

test('any messages, in any batches, are recorded as the plain rules say', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { maxLength: 6 }),
      async (batches) => {
        await sensors.enrol();
        const models = { a: createModel(), b: createModel() };
        let receivedAt = MORNING + 5 * MINUTE;
        for (const steps of batches) {
          const batch = steps.map(({ later, percent, withPosition, ...rest }) => {
            receivedAt += later;
            const position = rest.type === 'position' || withPosition ? percent : null;
            return message({ ...(rest as Partial<IntakeMessage>), position, receivedAt });
          });
          const outcomes = await recordIntake(sensors.pool, batch);
          expect(outcomes).toEqual(batch.map((said) => models[said.sensorId as 'a' | 'b'].record(said)));
        }
        const stored = await sensors.events();
        for (const id of ['a', 'b'] as const) {
          const { events, state } = models[id];
          expect(stored.filter((event) => event.sensor_id === id)).toMatchObject(
            events.map((event) => ({
              type: event.type,
              at: new Date(event.at),
              at_source: event.source,
              seq: event.seq,
              boot: event.boot,
              position: event.position,
              opening: event.opening,
              judged: !event.opening,
            })),
          );
          const known = await sensors.stateOf(id);
          if (!known) {
            expect(state.known).toBe(false);
            continue;
          }
          expect(known).toMatchObject({
            boot: state.boot,
            curtain: state.curtain,
            position: state.position,
            opened_at: state.openedAt === null ? null : new Date(state.openedAt),
            last_seen_at: state.seenAt === 0 ? null : new Date(state.seenAt),
            clock_wrong_at: state.clockWrongAt === null ? null : new Date(state.clockWrongAt),
          });
        }
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);
