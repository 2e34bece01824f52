import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { isBridgeHeld } from '../bridge/hold-bridge.ts';
import { isPolarityTold } from '../bridge/load-settings.ts';
import type { SourceState } from '../bridge/setting.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

/** What the database says of sources in use and their devices. Homes are named by their numbers. */
export type BridgeHealth = {
  /** Whether any process is the bridge now. */
  runs: boolean;
  sources: { name: string; state: SourceState; problem: string | null; since: Date }[];
  /** Homes of whose device the last message was refused, within a day. */
  devicesRefused: string[];
  /** Devices that speak of a curtain or a door and that nobody has paired or put aside, by source. */
  devicesUnpaired: { source: string; count: number }[];
  polarityUntested: string[];
  /** Codecs that had to be stopped within a day. */
  codecsStopped: string[];
};

/** Everything that a check-up asks about the bridge, at one moment. */
export async function readBridgeHealth(db: Db, now: Temporal.Instant): Promise<BridgeHealth> {
  const yesterday = toDate(now.subtract({ hours: 24 }));
  const { rows: sources } = await sql<BridgeHealth['sources'][number]>`
    select name, state, problem, coalesce(state_at, created_at) as since from source
    where enabled and removed_at is null order by name`.execute(db);
  const { rows: paired } = await sql<{
    code: string;
    spoken: string;
    format: string | null;
    tested: boolean;
    refused: boolean;
  }>`
    select h.code, o.format as spoken, d.format, s.polarity_tested_at is not null as tested,
      d.last_refused_at >= d.last_seen_at and d.last_refused_at > ${yesterday} as refused
    from device d join source o on o.id = d.source_id join sensor s on s.id = d.sensor_id
      join household h on h.id = s.household_id
    where o.enabled and o.removed_at is null and s.retired_at is null and h.removed_at is null
      and d.ignored_at is null
    order by h.code`.execute(db);
  const { rows: devicesUnpaired } = await sql<BridgeHealth['devicesUnpaired'][number]>`
    select o.name as source, count(*)::int as count
    from device d join source o on o.id = d.source_id left join sensor s on s.id = d.sensor_id and s.retired_at is null
    where o.enabled and o.removed_at is null and s.id is null and d.ignored_at is null and d.last_seen_at > ${yesterday}
      and exists (select from device_report r
        where r.device_id = d.id and (r.contact is not null or r.position is not null))
    group by o.name order by o.name`.execute(db);
  const { rows: codecs } = await sql<{ name: string }>`
    select name from codec where removed_at is null and stopped_at > ${yesterday} order by name`.execute(db);
  const codesOf = (of: typeof paired): string[] => [...new Set(of.map(({ code }) => code))];
  return {
    runs: await isBridgeHeld(db),
    sources,
    devicesRefused: codesOf(paired.filter(({ refused }) => refused)),
    devicesUnpaired,
    polarityUntested: codesOf(
      paired.filter(({ spoken, format, tested }) => !tested && !isPolarityTold(spoken, format)),
    ),
    codecsStopped: codecs.map(({ name }) => name),
  };
}
