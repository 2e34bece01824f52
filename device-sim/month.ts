import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Temporal } from 'temporal-polyfill';
import { createManualClock } from '#platform/clock.ts';
import { deliverDue } from '#services/messaging/deliver.ts';
import { createGateways } from '#services/messaging/gateways.ts';
import { createOutboxGateway } from '#services/messaging/outbox-gateway.ts';
import { receiveReply } from '#services/messaging/receive-reply.ts';
import { createSweep } from '#services/rules/sweep.ts';
import { advanceDueAlerts, changeAlert } from '#store/alert/change-alert.ts';
import type { Db } from '#store/database.ts';
import { createLeave } from '#store/register/leave.ts';
import { changePact } from '#store/register/pact.ts';
import type { IntakeMessage } from '#store/sensor/intake.ts';
import { recordIntake } from '#store/sensor/record-intake.ts';
import { enrolNeighbourhood } from './enrol.ts';
import { DEADLINE_MINUTE, type MorningPlan, planMonth } from './month-plan.ts';
import { inventNeighbourhood } from './neighbourhood.ts';
import { createSeededRandom } from './seeded-random.ts';

export type MonthOptions = {
  db: Db;
  /** For what sensors say: it goes the broker's own way into the store. */
  pool: pg.Pool;
  /** The server's key. */
  key: Buffer;
  /** YYYY-MM; everybody is enrolled on the evening before it. */
  month: string;
  timeZone: string;
  seed: number;
};

/** When a service looks, beside the moments at which something happens. */
const LOOKS = [5, 238, 390, 479, 540, 720, 1200, 1435];
/** In minutes after a deadline that somebody missed: the ladder climbs. */
const CLIMBS = [0.05, 1, 2, 3, 5, 8, 12, 20, 30];
const HEARTBEAT_MINUTES = 75;
const FIRST_HEARTBEAT = 3;
/** Without power from and until, in minutes of the day. */
const DARK = { from: 350, until: 570 };
const EVENING = 1170;
/** Nobody was down: the clock only jumps from one moment to the next. */
const NO_GAP_MS = 26 * 3_600_000;
const BY = { kind: 'cli' } as const;

type Said = { sensorId: string; type: IntakeMessage['type']; at?: Temporal.Instant };
type Happening = { at: Temporal.Instant; run: () => Promise<unknown> };

/**
 * A month of 45 homes as it really is written: sensors' messages through the broker's store, sweeps, pages, replies by
 * SMS and outcomes through their own handlers, on a clock that jumps from one moment to the next.
 */
export async function liveThroughMonth(options: MonthOptions): Promise<{ communityId: string }> {
  const { db, pool, timeZone } = options;
  const random = createSeededRandom(options.seed);
  const neighbourhood = inventNeighbourhood(random);
  const month = Temporal.PlainYearMonth.from(options.month);
  const dates = Array.from({ length: month.daysInMonth }, (_, day) => month.toPlainDate({ day: day + 1 }));
  const at = (date: Temporal.PlainDate, minute: number) =>
    date
      .toZonedDateTime({ timeZone, plainTime: '00:00' })
      .add({ milliseconds: Math.round(minute * 60_000) })
      .toInstant();
  const first = dates[0]!;
  const clock = createManualClock(at(first.subtract({ days: 1 }), 20 * 60));
  const sensors = await enrolNeighbourhood(db, neighbourhood, {
    ...{ key: options.key, timeZone, language: 'zh-CN', onLeave: new Set<string>(), now: clock.now() },
    withSensor: new Set(neighbourhood.homes.map(({ code }) => code)),
  });
  const plan = planMonth(random, neighbourhood.homes.length, dates.length);
  const rows = await db
    .selectFrom('household as h')
    .innerJoin('pact as p', 'p.household_id', 'h.id')
    .select(['h.id', 'h.code', 'h.community_id as communityId', 'p.id as pactId'])
    .where('h.is_canary', '=', false)
    .execute();
  const homes = neighbourhood.homes.map((home) => ({
    ...home,
    ...rows.find(({ code }) => code === home.code)!,
    sensorId: sensors.get(home.code)!.sensorId,
  }));

  const sweep = createSweep({ gapMs: NO_GAP_MS }, { db, clock, wake: () => undefined });
  const gateways = createGateways([createOutboxGateway(db, clock)]);
  const look = async () => {
    const { judged } = await sweep();
    if (judged > 0) await sweep();
    await advanceDueAlerts(db, clock.now(), 100);
    await deliverDue(db, gateways, clock, 1_000);
  };
  const hear = (said: readonly Said[]) =>
    recordIntake(
      pool,
      said.map(({ sensorId, type, at: heardAt = clock.now() }) => ({
        ...{ sensorId, type, receivedAt: heardAt.epochMilliseconds, deviceAt: null, seq: null },
        ...{ position: null, battery: 90, rssi: -60, firmware: null, retained: false, redelivered: false },
      })),
    );

  for (const { home, fromDay, untilDay } of plan.leaves) {
    const [from, until] = [dates[fromDay - 1]!, dates[untilDay - 1]!];
    const leave = { fromOn: from.toString(), untilOn: until.toString(), reason: '去女儿家' };
    const made = await createLeave(db, { householdId: homes[home]!.id, ...leave }, BY, clock.now());
    if (!made.ok) throw new Error(`The register refused a leave: ${made.reason}`);
  }
  await hear(homes.map(({ sensorId }) => ({ sensorId, type: 'closed' })));
  for (const [index, date] of dates.entries()) await liveDay(date, index);
  clock.set(at(dates.at(-1)!.add({ days: 1 }), FIRST_HEARTBEAT));
  await look();
  return { communityId: homes[0]!.communityId };

  async function liveDay(date: Temporal.PlainDate, index: number): Promise<void> {
    const mornings = homes.map((home, place) => ({ home, morning: plan.homes[place]![index]! }));
    const isDark = (morning: MorningPlan) => morning.kind === 'visited' && morning.isDark === true;
    const isUp = ({ morning }: (typeof mornings)[number], minute: number) =>
      !(isDark(morning) && minute >= DARK.from && minute < DARK.until);
    // What sensors say between two looks is written in one batch, each with its own time, as the broker does it.
    const openings = mornings.flatMap(({ home, morning }) =>
      morning.kind === 'opens'
        ? [{ sensorId: home.sensorId, type: 'opened' as const, minute: morning.minute }]
        : [],
    );
    const happenings: Happening[] = LOOKS.map((minute, place) => ({
      at: at(date, minute),
      run: async () => {
        const since = LOOKS[place - 1] ?? 0;
        const said = openings.filter((one) => one.minute > since && one.minute <= minute);
        if (said.length > 0) await hear(said.map((one) => ({ ...one, at: at(date, one.minute) })));
        await look();
      },
    }));
    for (let minute = FIRST_HEARTBEAT; minute < 1440; minute += HEARTBEAT_MINUTES) {
      const heard = mornings.filter((one) => isUp(one, minute));
      const beats = heard.map(({ home }) => ({ sensorId: home.sensorId, type: 'heartbeat' as const }));
      happenings.push({ at: at(date, minute), run: () => hear(beats) });
    }
    const evening = mornings.map(({ home }) => ({ sensorId: home.sensorId, type: 'closed' as const }));
    happenings.push({ at: at(date, EVENING), run: () => hear(evening) });
    if (mornings.some(({ morning }) => !['opens', 'away', 'gone'].includes(morning.kind))) {
      happenings.push(...CLIMBS.map((minutes) => ({ at: at(date, DEADLINE_MINUTE + minutes), run: look })));
    }
    for (const { home, morning } of mornings) happenings.push(...happeningsOf(date, home, morning));
    for (const happening of happenings.toSorted((a, b) => Temporal.Instant.compare(a.at, b.at))) {
      clock.set(happening.at);
      await happening.run();
    }
  }

  function happeningsOf(
    date: Temporal.PlainDate,
    home: (typeof homes)[number],
    morning: MorningPlan,
  ): Happening[] {
    const opens = () => hear([{ sensorId: home.sensorId, type: 'opened' }]);
    const after = (minutes: number, run: Happening['run']): Happening => ({
      at: at(date, DEADLINE_MINUTE + minutes),
      run,
    });
    const andLook = (run: Happening['run']) => async () => {
      await run();
      await look();
    };
    switch (morning.kind) {
      case 'opens_late':
        return [after(morning.afterMinutes, andLook(opens))];
      case 'visited':
        return [
          after(
            morning.goesAfter,
            andLook(() => reply(home, 1)),
          ),
          after(
            morning.doorAfter,
            andLook(() =>
              morning.outcome === 'safe' ? reply(home, 2) : tell(home, date, morning.outcome, home.primary),
            ),
          ),
          ...(morning.outcome === 'died' ? [after(120, () => endPact(home, date))] : []),
        ];
      case 'unanswered':
        return morning.officeAfter === undefined
          ? []
          : [
              after(
                morning.officeAfter,
                andLook(() => tell(home, date, 'safe', home.backup)),
              ),
            ];
      case 'opens':
      case 'away':
      case 'gone':
        return [];
      default:
        return morning satisfies never;
    }
  }

  /** The steward's SMS: the home's number, and what was done. */
  async function reply(home: (typeof homes)[number], action: 1 | 2): Promise<void> {
    const { phone } = home.primary;
    const message = { provider: 'outbox', providerId: randomUUID(), phone, text: `${home.code}${action}` };
    await receiveReply(db, message, clock.now());
  }

  /** At the board: what somebody found at the door. */
  async function tell(
    home: (typeof homes)[number],
    date: Temporal.PlainDate,
    outcome: 'safe' | 'helped' | 'died',
    { phone }: { phone: string },
  ): Promise<void> {
    const person = await db
      .selectFrom('person')
      .select('id')
      .where('phone', '=', phone)
      .executeTakeFirstOrThrow();
    const alert = await db
      .selectFrom('alert')
      .select('id')
      .where('household_id', '=', home.id)
      .where('on_date', '=', date.toString())
      .executeTakeFirstOrThrow();
    await changeAlert(db, alert.id, { kind: 'record_outcome', outcome, by: person.id }, clock.now());
  }

  async function endPact(home: (typeof homes)[number], date: Temporal.PlainDate): Promise<void> {
    const ended = await changePact(db, home.pactId, { untilOn: date.toString() }, BY, clock.now());
    if (!ended.ok) throw new Error(`The register refused the end of a pact: ${ended.reason}`);
  }
}
