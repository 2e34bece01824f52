import { Temporal } from 'temporal-polyfill';
import { AuditPage, AuditQuery } from '#contracts/http/audit.ts';
import { readAudit } from '#store/audit/read-audit.ts';
import { recordLook } from '#store/audit/record-audit.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { authorOf } from '../register/refused.ts';
import { PEOPLE_OF_OFFICE } from '../rights.ts';

/** Who did what, when, about whom: each office reads its own community's. */
export function auditRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/audit',
    {
      config: { rights: PEOPLE_OF_OFFICE },
      schema: {
        tags: ['audit'],
        summary: 'The audit log, the newest first; reading it is written to it',
        querystring: AuditQuery,
        response: { 200: AuditPage },
      },
    },
    async ({ actor, query }) => {
      const { community, kind, household, from, until, limit = 50, before } = query;
      const { id, timeZone } = await getCommunity(db, actor, community);
      const midnight = (date: Temporal.PlainDate) =>
        new Date(date.toZonedDateTime(timeZone).epochMilliseconds);
      const page = await readAudit(
        db,
        {
          communityIds: community ? [community] : actor.communityIds,
          withNone: actor.communityIds === undefined,
          kind,
          householdId: household,
          actorId: query.actor,
          from: from ? midnight(Temporal.PlainDate.from(from)) : undefined,
          before: until ? midnight(Temporal.PlainDate.from(until).add({ days: 1 })) : undefined,
        },
        { limit, before },
      );
      const entry = {
        actor: authorOf(actor),
        action: 'audit.read',
        subjectKind: 'community',
        subjectId: id,
      };
      await recordLook(db, entry, clock.now());
      return page;
    },
  );
}
