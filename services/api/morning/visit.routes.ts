import { Temporal } from 'temporal-polyfill';
import Type from 'typebox';
import { Uuid } from '#contracts/http/scalars.ts';
import { SignalRequest, VisitPage, VisitQuery } from '#contracts/http/visit.ts';
import { PactError } from '#platform/errors.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { listVisits } from '#store/today/list-visits.ts';
import { findHouseholdCommunity, recordSighting } from '#store/today/record-sighting.ts';
import { assertInSight } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { HOMES } from '../rights.ts';

/** As far back as a device's own time is trusted, and as far ahead. */
const MOST_HOURS_AGO = 48;
const MOST_MINUTES_AHEAD = 2;

/** Visits, and what somebody saw with their own eyes. */
export function visitRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/visits',
    {
      config: { rights: HOMES },
      schema: {
        tags: ['visits'],
        summary: 'Visits, the newest first',
        querystring: VisitQuery,
        response: { 200: VisitPage },
      },
    },
    async ({ actor, query }) =>
      listVisits(
        db,
        {
          communityId: communityIdOf(actor, query.community),
          householdId: query.household,
          stewardId: actor.personId,
        },
        { limit: query.limit ?? 50, after: query.after },
      ),
  );

  app.post(
    '/households/:id/signals',
    {
      config: { rights: HOMES },
      schema: {
        tags: ['visits'],
        summary: 'Somebody saw the elder, now or at a time they tell',
        params: Type.Object({ id: Uuid }),
        body: SignalRequest,
        response: { 202: Type.Object({ accepted: Type.Literal(true) }) },
      },
    },
    async ({ actor, params: { id }, body }, reply) => {
      const found = await findHouseholdCommunity(db, id);
      await assertInSight(db, actor, found && { ...found, householdId: id }, 'household');
      const now = clock.now();
      const at = body.at === undefined ? undefined : readTime(body.at, now);
      await db.transaction().execute(async (tx) => {
        await recordSighting(tx, { householdId: id, kind: 'seen', at, recordedBy: actor.id }, now);
        const audited = { actor, action: 'household.seen', subjectKind: 'household', subjectId: id };
        await recordAudit(tx, audited, now);
      });
      return reply.status(202).send({ accepted: true });
    },
  );
}

function readTime(text: string, now: Temporal.Instant): Temporal.Instant {
  const at = toInstant(text);
  const { compare } = Temporal.Instant;
  const isTrusted =
    at &&
    compare(at, now.subtract({ hours: MOST_HOURS_AGO })) >= 0 &&
    compare(at, now.add({ minutes: MOST_MINUTES_AHEAD })) <= 0;
  if (isTrusted) return at;
  const message = `must lie in the last ${MOST_HOURS_AGO} hours`;
  throw new PactError('BAD_REQUEST', 'Nobody can have been seen then.', {
    hint: `Give a time of the last ${MOST_HOURS_AGO} hours, or none for now.`,
    details: { problems: [{ path: 'body/at', message }] },
  });
}

/** The schema lets through what RFC 9557 adds, such as a zone that nobody knows. */
function toInstant(text: string): Temporal.Instant | undefined {
  try {
    return Temporal.Instant.from(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
