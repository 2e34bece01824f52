import { type RawBuilder, sql } from 'kysely';
import type { MessageView, ProviderView } from '#contracts/http/today.ts';
import { type MessageContent, smsText } from '#pact/text/content.ts';
import type { Language } from '#pact/text/language.ts';
import type { Db, Tx } from '../database.ts';
import { isHomeOf } from '../register/home-of.ts';
import { iso, isoOrNull } from './iso.ts';
import { cutPage, isAfter, type Page, type PageRequest } from './page.ts';

type Row = Omit<MessageView, 'createdAt' | 'acceptedAt' | 'deliveredAt'> & {
  createdAt: Date;
  acceptedAt: Date | null;
  deliveredAt: Date | null;
  /** The words of a list, and their language. */
  envelope: MessageContent | null;
  language: Language | null;
};

/** Messages from the newest to the oldest, of one community or of all, strangers' ones included. */
export async function listMessages(
  db: Db | Tx,
  { communityId, stewardId }: { communityId?: string | undefined; stewardId?: string | undefined },
  page: PageRequest,
): Promise<Page<MessageView>> {
  const community = communityId ? sql`m.community_id = ${communityId}` : sql`true`;
  // A list names other homes too: a steward sees what is of one alert of theirs.
  const of = stewardId
    ? sql`${community} and m.envelope_id is null and a.id is not null and ${isHomeOf(stewardId, sql`a.household_id`)}`
    : community;
  const rows = await readMessages(
    db,
    sql`${of} and (m.envelope_id is null or m.envelope_id = m.id) and ${isAfter(page.after, sql`m.created_at`, sql`m.id`)}`,
    page.limit + 1,
  );
  return cutPage(rows, page.limit, (row) => ({ at: row.createdAt, id: row.id }), viewOf);
}

/** A message that the office may answer on the board, with the phone that it speaks for. */
export type HeldMessage = { communityId: string | null; phone: string };

/** Only what the outbox holds is answerable: there the phone is the board. */
export async function findHeldMessage(db: Db, id: string): Promise<HeldMessage | undefined> {
  return db
    .selectFrom('message as m')
    .innerJoin('outbox as o', (join) =>
      join.on((on) =>
        on.or([on('o.message_id', '=', on.ref('m.id')), on('o.message_id', '=', on.ref('m.envelope_id'))]),
      ),
    )
    .select(['m.community_id as communityId', 'm.phone'])
    .where('m.id', '=', id)
    .where('m.direction', '=', 'out')
    .executeTakeFirst();
}

/** Whether there is such a message at all, and whose. */
export async function findMessageCommunity(
  db: Db,
  id: string,
): Promise<{ communityId: string | null } | undefined> {
  return db
    .selectFrom('message')
    .select('community_id as communityId')
    .where('id', '=', id)
    .executeTakeFirst();
}

async function readMessages(db: Db | Tx, which: RawBuilder<unknown>, limit: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select m.id, m.direction, m.kind, case when not h.is_canary then m.alert_id end as "alertId", case when not h.is_canary then h.code end as code, p.name as person, p.kind as "personKind",
      coalesce(o.text, m.text) as text, m.envelope, m.language, m.channel, m.state, m.failure, m.created_at as "createdAt",
      m.accepted_at as "acceptedAt", m.delivered_at as "deliveredAt",
      o.message_id is not null and m.direction = 'out' as answerable
    from message m
    left join alert a on a.id = m.alert_id
    left join household h on h.id = a.household_id
    left join person p on p.id = m.person_id
    left join outbox o on o.message_id = coalesce(m.envelope_id, m.id)
    where ${which} order by m.created_at desc, m.id desc limit ${limit}`.execute(db);
  return rows;
}

const viewOf = ({ envelope, language, ...row }: Row): MessageView => ({
  ...row,
  text: envelope ? smsText(envelope, language ?? 'zh-CN') : row.text,
  createdAt: iso(row.createdAt),
  acceptedAt: isoOrNull(row.acceptedAt),
  deliveredAt: isoOrNull(row.deliveredAt),
});

/** The providers that are failing now, and how much waits for them. */
export async function readFailingProviders(db: Db | Tx): Promise<ProviderView[]> {
  const { rows } = await sql<Omit<ProviderView, 'failingSince'> & { failingSince: Date }>`
    select p.name, p.channel, p.failing_since as "failingSince",
      (select count(*)::int from message m where m.channel = p.channel and m.state in ('planned', 'sending')) as waiting
    from provider_health p where p.failing_since is not null order by p.failing_since, p.name`.execute(db);
  return rows.map((row) => ({ ...row, failingSince: iso(row.failingSince) }));
}
