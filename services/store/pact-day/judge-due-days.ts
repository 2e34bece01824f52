import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { CANARY_LADDER } from '#pact/canary.ts';
import type { Ladder, LadderStep } from '#pact/ladder.ts';
import { type Evidence, type Gap, type Judgement, judgeAt, judgeDeadline } from '#pact/verdict.ts';
import { type NewAlert, openAlerts } from '../alert/open-alerts.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { signalKindOf } from './signal-kind.ts';

/**
 * Judges up to `limit` days whose deadline has passed: kept where a proof lies in the window, else missed,
 * with its alert in the same transaction. Rows are taken with `skip locked`, so that two rule processes
 * share the work and never judge a day twice. The cost follows the days still awaiting, not the enrolled.
 * @param silentBrokers ids; homes with a sensor that still hangs on one of them wait
 * @returns how many days were judged, and how many alerts were opened
 */
export async function judgeDueDays(
  db: Db,
  now: Temporal.Instant,
  gaps: readonly Gap[],
  limit: number,
  silentBrokers: readonly string[] = [],
): Promise<{ judged: number; alerts: number }> {
  return db.transaction().execute(async (tx) => {
    const due = (await lockDueDays(tx, now, limit, silentBrokers)).filter(
      (day) => Temporal.Instant.compare(judgeAt(toInstant(day.deadlineAt), gaps), now) <= 0,
    );
    if (due.length === 0) return { judged: 0, alerts: 0 };
    const judged = due.map((day) => ({ day, judgement: judgeDeadline(evidenceOf(day)) }));
    await writeVerdicts(tx, judged, now);
    const alerts = await openAlerts(tx, judged.flatMap(alertOf), now);
    await announceAll(tx, due);
    return { judged: due.length, alerts };
  });
}

type DueDay = {
  householdId: string;
  onDate: string;
  communityId: string;
  deadlineAt: Date;
  proofAt: Date | null;
  proofKind: string | null;
  sensors:
    | { curtain: 'open' | 'closed' | 'unknown'; last_seen_at: string | null; silence_minutes: number }[]
    | null;
  steps: LadderStep[];
  repeatMinutes: number;
  acknowledgementMinutes: number;
  /** A newer day of this home has begun: it watches over the person, and nobody is sent for the old one. */
  superseded: boolean;
  isCanary: boolean;
};

const KIND = signalKindOf(sql`e.type`);

/** What it said to a broker that stands still or has just died is not known yet; it will come there or by another. */
const hangsOn = (brokers: readonly string[]) => sql`exists (
  select from sensor r join sensor_state s on s.sensor_id = r.id
  where r.household_id = pact_day.household_id and r.retired_at is null and s.online
    and split_part(s.connection, '/', 1) = any (${brokers}::text[]))`;

async function lockDueDays(
  tx: Tx,
  now: Temporal.Instant,
  limit: number,
  silentBrokers: readonly string[],
): Promise<DueDay[]> {
  const at = toDate(now);
  const mayBeJudged = silentBrokers.length > 0 ? sql`and not ${hangsOn(silentBrokers)}` : sql``;
  const { rows } = await sql<DueDay>`
    with due as (
      select household_id, on_date, community_id, pact_id, earliest_at, deadline_at from pact_day
      where verdict = 'awaiting' and deadline_at < ${at} ${mayBeJudged}
      order by deadline_at limit ${limit} for update skip locked
    )
    select d.household_id as "householdId", d.on_date as "onDate", d.community_id as "communityId",
      d.deadline_at as "deadlineAt", proof.at as "proofAt", proof.kind as "proofKind", sensors.list as sensors,
      l.steps, l.repeat_minutes as "repeatMinutes", l.acknowledgement_minutes as "acknowledgementMinutes",
      exists (select 1 from pact_day n where n.household_id = d.household_id and n.on_date > d.on_date and n.earliest_at <= ${at}) as superseded,
      h.is_canary as "isCanary"
    from due d join household h on h.id = d.household_id
    join pact p on p.id = d.pact_id join ladder l on l.id = p.ladder_id
    left join lateral (
      select e.at, ${KIND} as kind from event e
      where e.household_id = d.household_id and e.opening and e.at between d.earliest_at and d.deadline_at
        and ${KIND} = any (p.accepts)
      order by e.at limit 1
    ) proof on true
    left join lateral (
      select json_agg(json_build_object('curtain', s.curtain, 'last_seen_at', s.last_seen_at, 'silence_minutes', r.silence_minutes)) as list
      from sensor r join sensor_state s on s.sensor_id = r.id
      where r.household_id = d.household_id and r.retired_at is null
    ) sensors on true
    order by d.household_id`.execute(tx);
  return rows;
}

function evidenceOf(day: DueDay): Evidence {
  return {
    deadlineAt: toInstant(day.deadlineAt),
    ...(day.proofAt && day.proofKind ? { proof: { at: toInstant(day.proofAt), kind: day.proofKind } } : {}),
    sensors: (day.sensors ?? []).map((sensor) => ({
      curtain: sensor.curtain,
      silenceMinutes: sensor.silence_minutes,
      ...(sensor.last_seen_at ? { lastSeenAt: Temporal.Instant.from(sensor.last_seen_at) } : {}),
    })),
  };
}

type JudgedDay = { day: DueDay; judgement: Judgement };

async function writeVerdicts(tx: Tx, judged: readonly JudgedDay[], now: Temporal.Instant): Promise<void> {
  const proofAt = judged.map(({ judgement }) => (judgement.verdict === 'kept' ? toDate(judgement.at) : null));
  await sql`
    update pact_day d set verdict = u.verdict, reason = u.reason, proof_at = u.proof_at, proof_kind = u.proof_kind,
      judged_at = ${toDate(now)}, closed_as = case when u.verdict = 'kept' then 'kept' else 'unresolved' end
    from unnest(
      ${judged.map(({ day }) => day.householdId)}::uuid[], ${judged.map(({ day }) => day.onDate)}::date[],
      ${judged.map(({ judgement }) => judgement.verdict)}::text[],
      ${judged.map(({ judgement }) => (judgement.verdict === 'missed' ? judgement.reason : null))}::text[],
      ${proofAt}::timestamptz[],
      ${judged.map(({ judgement }) => (judgement.verdict === 'kept' ? judgement.kind : null))}::text[]
    ) as u(household_id, on_date, verdict, reason, proof_at, proof_kind)
    where d.household_id = u.household_id and d.on_date = u.on_date`.execute(tx);
}

function alertOf({ day, judgement }: JudgedDay): NewAlert[] {
  if (judgement.verdict === 'kept' || day.superseded) return [];
  const { steps, repeatMinutes, acknowledgementMinutes } = day;
  const ladder: Ladder = day.isCanary ? CANARY_LADDER : { steps, repeatMinutes, acknowledgementMinutes };
  return [
    {
      householdId: day.householdId,
      communityId: day.communityId,
      onDate: day.onDate,
      deadlineAt: toInstant(day.deadlineAt),
      reason: judgement.reason,
      silentSince: judgement.silentSince,
      ladder,
    },
  ];
}
