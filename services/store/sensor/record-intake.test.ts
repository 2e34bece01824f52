import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import type { IntakeMessage } from './intake.ts';
import { recordIntake } from './record-intake.ts';
import { HOUR, MINUTE, MORNING, message, openSensors } from './sensor-fixture.ts';

let database: TestDatabase;
let sensors: Awaited<ReturnType<typeof openSensors>>;
const record = (...messages: Partial<IntakeMessage>[]) => recordIntake(sensors.pool, messages.map(message));

beforeAll(async () => {
  database = await createTestDatabase();
  sensors = await openSensors(database.url);
});
beforeEach(() => sensors.enrol());
afterAll(async () => {
  await sensors.pool.end();
  await database.drop();
});

describe('a message that is sent twice', () => {
  test('is one event by its number', async () => {
    expect(await record({ seq: 7 })).toEqual(['recorded']);
    expect(await record({ seq: 7, receivedAt: MORNING + MINUTE })).toEqual(['duplicate']);
    expect(await sensors.events()).toHaveLength(1);
  });

  test('is one event by its time, whatever its number', async () => {
    await record({ seq: 7, deviceAt: MORNING - 1 });
    expect(await record({ seq: 8, deviceAt: MORNING - 1 })).toEqual(['duplicate']);
    expect(await record({ deviceAt: MORNING - 1, redelivered: true })).toEqual(['duplicate']);
    expect(await sensors.events()).toHaveLength(1);
  });

  test('is one event within one batch too', async () => {
    expect(await record({ seq: 7 }, { seq: 7, redelivered: true }, { sensorId: 'b', seq: 7 })).toEqual([
      'recorded',
      'duplicate',
      'recorded',
    ]);
  });

  test('still says that the sensor lives, and changes nothing else', async () => {
    await record({ seq: 1, receivedAt: MORNING }, { seq: 2, type: 'closed', receivedAt: MORNING + MINUTE });
    await record({ seq: 1, receivedAt: MORNING + HOUR, redelivered: true });
    const state = await sensors.stateOf('a');
    expect(state).toMatchObject({ curtain: 'closed', last_seen_at: new Date(MORNING + HOUR), last_seq: 2 });
  });

  test('does not hold up the others of its batch', async () => {
    await record({ seq: 1 });
    expect(await record({ seq: 1 }, { sensorId: 'b', seq: 1 })).toEqual(['duplicate', 'recorded']);
  });

  test('is one event when two brokers store it at once', async () => {
    const both = Array.from({ length: 40 }, (_, seq) => message({ seq, deviceAt: MORNING - seq }));
    const [one, two] = await Promise.all([
      recordIntake(sensors.pool, both),
      recordIntake(sensors.pool, both),
    ]);
    expect(await sensors.events()).toHaveLength(40);
    expect(one.map((outcome, index) => [outcome, two[index]].sort())).toEqual(
      both.map(() => ['duplicate', 'recorded']),
    );
  });
});

describe('a counter', () => {
  test('that starts again at one does not swallow the opening of the next morning', async () => {
    await record({ seq: 1, deviceAt: MORNING });
    await record({ seq: 1, deviceAt: MORNING + 24 * HOUR, receivedAt: MORNING + 24 * HOUR });
    expect(await sensors.events()).toMatchObject([
      { seq: 1, boot: 0, opening: true },
      { seq: 1, boot: 1, opening: true },
    ]);
    expect(await sensors.stateOf('a')).toMatchObject({ boot: 1, last_seq: 1 });
  });

  test('that starts again without a clock is told by another content or by two days', async () => {
    await record({ seq: 1, type: 'opened' });
    expect(await record({ seq: 1, type: 'closed', receivedAt: MORNING + HOUR })).toEqual(['recorded']);
    await sensors.enrol();
    await record({ seq: 1 });
    expect(await record({ seq: 1, receivedAt: MORNING + 47 * HOUR })).toEqual(['duplicate']);
    expect(await record({ seq: 1, receivedAt: MORNING + 49 * HOUR })).toEqual(['recorded']);
  });

  test('that has started again still knows what came before', async () => {
    await record({ seq: 500 }, { seq: 1, type: 'closed', receivedAt: MORNING + 1 });
    await record({ seq: 1, type: 'opened', receivedAt: MORNING + HOUR });
    expect(await sensors.stateOf('a')).toMatchObject({ boot: 1 });
    // A replay of the opening before the restart must not read as a fresh one.
    expect(await record({ seq: 500, receivedAt: MORNING + 2 * HOUR })).toEqual(['duplicate']);
  });

  test('that falls to a number not known yet brings a late event, no restart', async () => {
    await record({ seq: 10, deviceAt: MORNING });
    await record({ seq: 9, type: 'closed', deviceAt: MORNING - HOUR });
    expect(await sensors.stateOf('a')).toMatchObject({ boot: 0, last_seq: 10, curtain: 'open' });
  });
});

describe('the clock of a device', () => {
  test('is believed for two days back and two minutes ahead', async () => {
    await record({ deviceAt: MORNING - 48 * HOUR }, { deviceAt: MORNING + 2 * MINUTE });
    expect(await sensors.events()).toMatchObject([
      { at: new Date(MORNING - 48 * HOUR), at_source: 'device' },
      { at: new Date(MORNING + 2 * MINUTE), at_source: 'device' },
    ]);
    expect(await sensors.stateOf('a')).toMatchObject({ clock_wrong_at: null });
  });

  test.each([
    ['a month old', MORNING - 30 * 24 * HOUR - 1],
    ['three minutes ahead', MORNING + 3 * MINUTE],
  ])('is not believed when it is %s: the arrival counts, and what it said is kept', async (_, deviceAt) => {
    await record({ deviceAt, seq: 1 });
    expect(await sensors.events()).toMatchObject([
      { at: new Date(MORNING), at_source: 'device_refused', device_at: new Date(deviceAt), opening: true },
    ]);
    expect(await sensors.stateOf('a')).toMatchObject({ clock_wrong_at: new Date(MORNING) });
  });

  test.each([
    ['two days', MORNING - 48 * HOUR - 1],
    ['a month', MORNING + 2 * MINUTE - 30 * 24 * HOUR],
  ])('tells of another day when it is %s old: kept and marked, and nothing of today', async (_, deviceAt) => {
    await record({ type: 'closed', seq: 1, deviceAt: MORNING });
    const late = { deviceAt, receivedAt: MORNING + MINUTE };
    await record({ ...late, seq: 2 }, { ...late, type: 'position', position: 90 });
    await record({ ...late, type: 'tamper', receivedAt: MORNING + 2 * MINUTE });
    const marked = {
      at_source: 'device_refused',
      device_at: new Date(deviceAt),
      opening: false,
      judged: true,
    };
    expect(await sensors.events()).toMatchObject([
      { type: 'closed', at_source: 'device' },
      { ...marked, type: 'opened', at: new Date(MORNING + MINUTE) },
      { ...marked, type: 'position', position: 90 },
      { ...marked, type: 'tamper' },
    ]);
    expect(await sensors.stateOf('a')).toMatchObject({
      curtain: 'closed',
      curtain_at: new Date(MORNING),
      opened_at: null,
      position: null,
      clock_wrong_at: null,
      last_seen_at: new Date(MORNING + 2 * MINUTE),
    });
    // What was buffered with it and is of today counts by its own time.
    await record({ seq: 3, deviceAt: MORNING + 1, receivedAt: MORNING + MINUTE });
    expect(await sensors.stateOf('a')).toMatchObject({ curtain: 'open', opened_at: new Date(MORNING + 1) });
  });

  test('that is days old in a heartbeat is wrong: nobody buffers a sign of life', async () => {
    await record({ type: 'heartbeat', deviceAt: MORNING - 72 * HOUR });
    expect(await sensors.stateOf('a')).toMatchObject({ clock_wrong_at: new Date(MORNING) });
  });

  test.each([
    ['a heartbeat', { type: 'heartbeat' as const }],
    ['an opening', { type: 'opened' as const, seq: 9 }],
    ['a message looked at closely', { type: 'opened' as const, seq: 1 }],
  ])('is right again when %s carries a time that is believed, not by one without a time', async (_, sent) => {
    await record({ deviceAt: 1_000, seq: 1 });
    await record({ type: 'heartbeat', receivedAt: MORNING + MINUTE });
    expect(await sensors.stateOf('a')).toMatchObject({ clock_wrong_at: new Date(MORNING) });
    const receivedAt = MORNING + 2 * MINUTE;
    await record({ ...sent, deviceAt: receivedAt, receivedAt });
    expect(await sensors.stateOf('a')).toMatchObject({ clock_wrong_at: null });
  });

  test('that is wrong makes one event of a message sent again, and two of two', async () => {
    const wrong = { deviceAt: 1_000 };
    await record(wrong);
    expect(await record({ ...wrong, receivedAt: MORNING + MINUTE })).toEqual(['duplicate']);
    expect(await record({ deviceAt: 2_000, receivedAt: MORNING + MINUTE })).toEqual(['recorded']);
    expect(await record({ ...wrong, receivedAt: MORNING + 49 * HOUR })).toEqual(['recorded']);
  });

  test('that stands at zero does not make one event of two mornings', async () => {
    await record({ deviceAt: 0 });
    expect(await record({ deviceAt: 0, receivedAt: MORNING + 24 * HOUR })).toEqual(['recorded']);
  });

  test.each([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    'that says %i loses nothing',
    async (deviceAt) => {
      expect(await record({ deviceAt })).toEqual(['recorded']);
      expect(await sensors.events()).toMatchObject([{ device_at: null, at_source: 'device_refused' }]);
    },
  );
});

describe('a position', () => {
  const position = (percent: number, minutes: number, more: Partial<IntakeMessage> = {}) => ({
    type: 'position' as const,
    position: percent,
    deviceAt: MORNING + minutes * MINUTE,
    receivedAt: MORNING + HOUR,
    ...more,
  });
  const openings = async () =>
    (await sensors.events()).filter((event) => event.opening).map((event) => event.position);

  test('that is the first one known is a snapshot, no opening', async () => {
    await record(position(80, 0));
    expect(await openings()).toEqual([]);
    expect(await sensors.stateOf('a')).toMatchObject({ curtain: 'open', position: 80 });
  });

  test('that rises through the threshold is an opening, once', async () => {
    await record(position(10, 0));
    await record(position(49, 1));
    await record(position(50, 2));
    await record(position(90, 3));
    expect(await openings()).toEqual([50]);
    expect(await sensors.stateOf('a')).toMatchObject({
      opened_at: new Date(MORNING + 2 * MINUTE),
      curtain: 'open',
    });
  });

  test('is folded in its order within one batch', async () => {
    await record(position(10, 0), position(70, 1), position(20, 2), position(60, 3));
    expect(await openings()).toEqual([70, 60]);
  });

  test('counts by the threshold of its own sensor', async () => {
    await sensors.pool.query(`update sensor set open_percent = 20 where id = 'a'`);
    await record(
      position(10, 0),
      position(25, 1),
      position(10, 0, { sensorId: 'b' }),
      position(25, 1, { sensorId: 'b' }),
    );
    expect((await sensors.events()).filter((event) => event.opening).map((event) => event.sensor_id)).toEqual(
      ['a'],
    );
  });

  test('of the same second as another is an event of its own', async () => {
    await record(position(10, 0), position(30, 1), position(80, 1));
    expect(await openings()).toEqual([80]);
  });

  test('that arrives late is seen against the one before it, not the newest', async () => {
    await record(position(10, 0), position(5, 10));
    await record(position(80, 5));
    expect(await openings()).toEqual([80]);
    expect(await sensors.stateOf('a')).toMatchObject({
      curtain: 'closed',
      position: 5,
      opened_at: new Date(MORNING + 5 * MINUTE),
    });
  });

  test('that arrives late is seen against the last of those that share the second before it', async () => {
    await record(position(100, 0), position(0, 0), { receivedAt: MORNING + HOUR });
    await record(position(100, 3));
    expect((await sensors.events()).at(-1)).toMatchObject({ position: 100, opening: true });
  });

  test('that arrives late and low shows the first of those that share the second after it', async () => {
    await record(position(90, 0), position(80, 10), position(60, 10));
    await record(position(10, 5));
    expect(await openings()).toEqual([80]);
  });

  test('that arrives late and low shows that the one after it was an opening', async () => {
    await record(position(90, 0), position(80, 10));
    expect(await openings()).toEqual([]);
    await record(position(10, 5));
    expect(await openings()).toEqual([80]);
    expect((await sensors.events()).filter((event) => !event.judged)).toHaveLength(1);
  });

  test('in a heartbeat does not hide the rise that follows', async () => {
    await record(position(10, 0), { type: 'heartbeat', position: 90 }, position(90, 2));
    expect(await openings()).toEqual([90]);
  });
});

describe('what is no proof', () => {
  test('a retained message sets the state and opens nothing', async () => {
    await record({ retained: true });
    expect(await sensors.events()).toMatchObject([{ opening: false, judged: true, retained: true }]);
    expect(await sensors.stateOf('a')).toMatchObject({
      curtain: 'open',
      first_seen_at: null,
      last_seen_at: null,
      opened_at: null,
    });
    await record(
      { type: 'position', position: 10, retained: true, seq: 1 },
      { type: 'position', position: 90, retained: true, seq: 2 },
    );
    expect((await sensors.events()).some((event) => event.opening)).toBe(false);
  });

  test.each([
    ['an event', { type: 'closed' as const, seq: 5 }],
    ['an event looked at closely', { type: 'closed' as const, deviceAt: 1_000 }],
    ['a heartbeat', { type: 'heartbeat' as const }],
    ['a known event', { seq: 4 }],
  ])('a retained message is no sign of life either, nor of its clock: %s', async (_, said) => {
    await record({ seq: 4 });
    await record({ ...said, retained: true, receivedAt: MORNING + HOUR });
    expect(await sensors.stateOf('a')).toMatchObject({
      first_seen_at: new Date(MORNING),
      last_seen_at: new Date(MORNING),
      clock_wrong_at: null,
    });
  });

  test('an opening sent again without number and time, when the curtain is open already', async () => {
    await record({}, { redelivered: true, receivedAt: MORNING + HOUR });
    expect((await sensors.events()).map((event) => event.opening)).toEqual([true, false]);
    await record(
      { type: 'closed', receivedAt: MORNING + 2 * HOUR },
      { redelivered: true, receivedAt: MORNING + 3 * HOUR },
    );
    expect((await sensors.events()).at(-1)).toMatchObject({ opening: true });
  });

  test('a heartbeat is no event, and its sensor lives', async () => {
    await record({ type: 'heartbeat', battery: 40, rssi: -90, firmware: '"2\\"', seq: 3 });
    expect(await sensors.events()).toEqual([]);
    expect(await sensors.stateOf('a')).toMatchObject({
      battery: 40,
      rssi: -90,
      firmware: '"2\\"',
      last_seq: 3,
      curtain: 'unknown',
    });
  });
});

describe('the state of a sensor', () => {
  test('is not set back by an older event, which still counts as an opening', async () => {
    await record({ type: 'closed', deviceAt: MORNING });
    await record({ type: 'opened', deviceAt: MORNING - HOUR, receivedAt: MORNING + MINUTE });
    expect(await sensors.stateOf('a')).toMatchObject({
      curtain: 'closed',
      curtain_at: new Date(MORNING),
      opened_at: new Date(MORNING - HOUR),
      first_seen_at: new Date(MORNING),
      last_seen_at: new Date(MORNING + MINUTE),
    });
    expect((await sensors.events()).filter((event) => event.opening)).toMatchObject([{ judged: false }]);
  });

  test('knows when the sensor was tampered with', async () => {
    await record({ type: 'tamper' });
    expect(await sensors.stateOf('a')).toMatchObject({ tampered_at: new Date(MORNING), curtain: 'unknown' });
    expect(await sensors.events()).toMatchObject([{ type: 'tamper', opening: false }]);
  });

  test('carries the household of the moment into the event', async () => {
    const household = '00000000-0000-7000-8000-000000000001';
    await record({ type: 'heartbeat' });
    await sensors.pool.query('update sensor_state set household_id = $1', [household]);
    await record({ seq: 1 });
    expect(await sensors.events()).toMatchObject([{ household_id: household }]);
  });

  test('is made for a sensor that has none, and a sensor that nobody enrolled has no event', async () => {
    expect(await record({ sensorId: 'b' }, { sensorId: 'stranger' })).toEqual(['recorded', 'unknown_sensor']);
    expect(await sensors.stateOf('b')).toMatchObject({ curtain: 'open' });
  });
});

test('rules is woken by openings and changes of the curtain, and left alone by heartbeats', async () => {
  const listener = new pg.Client({ connectionString: database.url });
  await listener.connect();
  await listener.query('listen pact_event');
  let woken = 0;
  listener.on('notification', () => {
    woken += 1;
  });
  await record({ type: 'heartbeat' });
  await record({ type: 'tamper', seq: 1 });
  await listener.query('select 1');
  expect(woken).toBe(0);
  await record({ seq: 2 }, { sensorId: 'b', type: 'closed', seq: 2 });
  await listener.query('select 1');
  // `b` had no state yet and was recorded on its own.
  expect(woken).toBeGreaterThan(0);
  await listener.end();
});

test.each([1, 2, 3, 4, 5])(
  'batches over the same new sensors, in any order at once, lose nothing (%i)',
  async () => {
    const ids = ['a', 'b'];
    const batches = Array.from({ length: 30 }, (_, turn) =>
      (turn % 2 ? ids : ids.toReversed()).map((sensorId) => message({ sensorId, seq: turn })),
    );
    const outcomes = await Promise.all(batches.map((batch) => recordIntake(sensors.pool, batch)));
    expect(outcomes.flat().every((outcome) => outcome === 'recorded')).toBe(true);
    expect(await sensors.events()).toHaveLength(60);
  },
);
