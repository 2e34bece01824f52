import { Temporal } from 'temporal-polyfill';
import Type from 'typebox';
import { CommunityView } from '#contracts/http/account.ts';
import { LedgerDayView, LedgerQuery, LedgerView } from '#contracts/http/ledger.ts';
import { LocalDate, Uuid } from '#contracts/http/scalars.ts';
import { TodayView } from '#contracts/http/today.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { speedOf } from '#platform/clock.ts';
import { PactError } from '#platform/errors.ts';
import { wereDaysOpened } from '#store/ledger/homes-on.ts';
import { readCounts, readLedger, readLedgerHomes } from '#store/ledger/read-ledger.ts';
import { listCommunities } from '#store/today/communities.ts';
import { readToday } from '#store/today/read-today.ts';
import { getCommunity, noCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { ANYBODY, COUNTS, MORNING, OFFICE } from '../rights.ts';

const DEFAULT_DAYS = 31;
const MOST_DAYS = 366;

/** What the board and the ledger show. */
export function todayRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/communities',
    {
      config: { rights: ANYBODY },
      schema: {
        tags: ['board'],
        summary: 'The communities that you may see',
        response: { 200: Type.Object({ items: Type.Array(CommunityView) }) },
      },
    },
    async ({ actor }) => ({ items: await listCommunities(db, actor.communityIds) }),
  );

  app.get(
    '/today',
    {
      config: { rights: MORNING },
      schema: {
        tags: ['board'],
        summary: 'Every home of a community on a day, the alerts, the latest messages, the counts',
        querystring: Type.Object({ community: Type.Optional(Uuid), date: Type.Optional(LocalDate) }),
        response: { 200: TodayView },
      },
    },
    async ({ actor, query }) => {
      const { id: communityId } = await getCommunity(db, actor, query.community);
      const today = await readToday(db, {
        communityId,
        stewardId: actor.personId,
        date: query.date,
        now: clock.now(),
        clockSpeed: speedOf(clock),
      });
      if (!today) throw noCommunity();
      return today;
    },
  );

  app.get(
    '/ledger',
    {
      config: { rights: COUNTS },
      schema: {
        tags: ['ledger'],
        summary: 'The closed counts of each day, the newest first',
        querystring: LedgerQuery,
        response: { 200: LedgerView },
      },
    },
    async ({ actor, query }) => {
      const community = await getCommunity(db, actor, query.community);
      const to = Temporal.PlainDate.from(query.to ?? localDateAt(clock.now(), community.timeZone));
      const from = Temporal.PlainDate.from(query.from ?? to.subtract({ days: DEFAULT_DAYS - 1 }));
      const days = from.until(to).days + 1;
      if (days < 1 || days > MOST_DAYS) {
        throw new PactError('BAD_REQUEST', `A ledger runs from 1 to ${MOST_DAYS} days.`, {
          hint: 'Let from come before to, and ask for less at once.',
          details: { problems: [{ path: 'querystring/from', message: 'must be at most a year before to' }] },
        });
      }
      const of = { communityId: community.id, from: from.toString(), to: to.toString() };
      return { communityId: community.id, community: community.name, days: await readLedger(db, of) };
    },
  );

  app.get(
    '/ledger/:date',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['ledger'],
        summary: 'One day of the ledger, home by home',
        params: Type.Object({ date: LocalDate }),
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        response: { 200: LedgerDayView },
      },
    },
    async ({ actor, query, params: { date } }) => {
      const community = await getCommunity(db, actor, query.community);
      const { id, name } = community;
      const opened = await wereDaysOpened(db, community, date, clock.now());
      const [counts, homes] = await Promise.all([
        readCounts(db, { communityId: id, date, opened }),
        readLedgerHomes(db, id, date),
      ]);
      return { communityId: id, community: name, date, counts, homes };
    },
  );
}
