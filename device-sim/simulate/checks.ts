import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { checkAcknowledgedEvents, checkInvariants } from '../invariants.ts';
import { expectColumns, type Fact } from './expect-columns.ts';
import type { Provider } from './provider.ts';
import type { Run } from './run-days.ts';
import { type Acknowledged, isBelieved } from './sensors.ts';
import type { World } from './world.ts';

/**
 * What can be seen at any moment: what the provider was handed, and, unless it is to be quick, what the database holds.
 */
export async function checkStep(
  { world, provider }: Run,
  graceMs: number,
  isQuick = false,
): Promise<string[]> {
  if (isQuick) return checkProvider(provider);
  const now = Temporal.Instant.fromEpochMilliseconds(world.now);
  return [
    ...checkProvider(provider),
    ...(await checkInvariants(world.bench.own, { now, graceMs, lagMs: world.brokerLagMs })),
  ];
}

/** Invariant 4 at the other end: one of our keys was accepted twice. */
function checkProvider(provider: Provider): string[] {
  return [...provider.accepted].flatMap(([key, count]) =>
    count > 1 ? [`Message ${key} was accepted by the provider ${count} times.`] : [],
  );
}

/** What must be so when the last day is over and everything has come to its rest. */
export async function checkEnd(run: Run, graceMs: number): Promise<string[]> {
  const { world } = run;
  const { sensors, bench } = world;
  const numbered = sensors.acknowledged.flatMap(({ sensorId, seq }) =>
    seq === null ? [] : [{ sensorId, seq }],
  );
  return [
    ...(await checkStep(run, graceMs)),
    ...(await checkAcknowledgedEvents(bench.own, numbered)),
    ...(await checkAlertsPaged(run)),
    ...(await checkDays(world)),
    ...(await checkSaidSafe(world)),
    ...(await checkExpired(world, graceMs)),
  ];
}

/** Invariant 3: whoever was not seen had somebody paged, by the provider's own book, unless it was over before anybody could be. */
async function checkAlertsPaged({ world: { bench, now }, provider }: Run): Promise<string[]> {
  const { rows } = await sql<{ id: string; keys: string[] | null; isShort: boolean }>`
    select a.id, array_agg(distinct m.envelope_id) filter (where m.envelope_id is not null) as keys,
      coalesce(a.closed_at, ${new Date(now)}::timestamptz) - a.opened_at < interval '150 minutes' as "isShort"
    from alert a left join message m on m.alert_id = a.id and m.kind = 'page' and m.direction = 'out'
    group by a.id order by a.id`.execute(bench.own);
  return rows.flatMap(({ id, keys, isShort }) =>
    isShort || keys?.some((key) => provider.accepted.has(key))
      ? []
      : [`Nobody's phone was ever handed a page for alert ${id}.`],
  );
}

/** What a sensor says counts while the broker's clock allows it, else when it was received by that clock. */
function timeOf({ deviceAt, stampedAt, receivedAt }: Acknowledged): number {
  const stamp = stampedAt ?? receivedAt;
  return deviceAt !== null && isBelieved(deviceAt, stamp) ? deviceAt : stamp;
}

type DayRow = {
  code: string;
  day: number;
  verdict: string;
  closedAs: string | null;
  alertOpenedAt: Date | null;
};

/** Invariants 2, 5, 6 and 8: each day stands in the column that the plain rules give it. */
async function checkDays(world: World): Promise<string[]> {
  const { plan, bench, saidSafe } = world;
  const dates = plan.dates.map(String);
  const { rows } = await sql<DayRow>`
    select h.code, u.nth::int - 1 as day, d.verdict, d.closed_as as "closedAs", a.opened_at as "alertOpenedAt"
    from unnest(${dates}::date[]) with ordinality as u(on_date, nth)
    join household h on not h.is_canary
    left join pact_day d on d.household_id = h.id and d.on_date = u.on_date
    left join alert a on a.id = d.alert_id order by h.code, day`.execute(bench.own);
  const heard = Map.groupBy(world.sensors.acknowledged, ({ homeId }) => homeId);
  return rows.flatMap(({ code, day, closedAs, alertOpenedAt }) => {
    const home = plan.homes.find((candidate) => candidate.code === code)!;
    const facts: Fact[] = (heard.get(home.id) ?? []).map((kept) => ({
      isOpening: kept.type === 'opened' && !kept.retained,
      at: timeOf(kept),
      receivedAt: kept.recordedAt ?? kept.receivedAt,
      isAmbiguous: kept.doubts > 0 && (kept.deviceAt === null || kept.isDisbelieved),
    }));
    const expected = expectColumns(home.days[day]!, {
      ...{ facts, signalCloses: home.signalCloses, outages: world.outages },
      saidSafe: saidSafe.some((said) => said.code === code),
      alertOpenedAt: alertOpenedAt?.getTime(),
    });
    const where = `of home ${code} on ${dates[day]}`;
    if (!closedAs) return [`The day ${where} is not closed.`];
    return [
      ...(expected.columns.includes(closedAs as never)
        ? []
        : [`The day ${where} is ${closedAs}, and by the plain rules ${expected.columns.join(' or ')}.`]),
      ...(alertOpenedAt && !expected.mayAlert
        ? [`The home ${code} was paged on ${dates[day]} although its opening was told in time.`]
        : []),
    ];
  });
}

/** Invariant 7: an outcome that was taken in closes what was open. */
async function checkSaidSafe({ bench, saidSafe }: World): Promise<string[]> {
  const { rows } = await sql<{ code: string; openedAt: Date }>`
    select h.code, a.opened_at as "openedAt" from alert a join household h on h.id = a.household_id
    where a.status <> 'closed' order by 1`.execute(bench.own);
  return rows.flatMap(({ code, openedAt }) =>
    saidSafe.some((said) => said.code === code && said.at > openedAt.getTime())
      ? [`Somebody said that home ${code} is safe, and its alert is still open.`]
      : [],
  );
}

/** Invariant 7: an acknowledgement is a promise that expires. */
async function checkExpired({ bench, now }: World, graceMs: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from alert where status = 'acknowledged'
      and acknowledgement_expires_at < ${new Date(now - graceMs)}::timestamptz order by 1`.execute(bench.own);
  return rows.map(({ id }) => `The acknowledgement of alert ${id} is past its end and still stands.`);
}
