import Type from 'typebox';
import {
  AlertPage,
  AlertPerson,
  AlertQuery,
  NoteRequest,
  OnBehalfOf,
  OutcomeRequest,
  ReassignRequest,
  ReopenRequest,
} from '#contracts/http/alert.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { AlertView } from '#contracts/http/today.ts';
import type { AlertCommand } from '#pact/alert.ts';
import { PactError } from '#platform/errors.ts';
import { changeAlert } from '#store/alert/change-alert.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { type AlertPeople, findAlertPeople } from '#store/today/find-alert-people.ts';
import { findAlert, listAlerts } from '#store/today/read-alerts.ts';
import { type Actor, assertInSight } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { HOMES, OFFICE } from '../rights.ts';

const Params = Type.Object({ id: Uuid });
const answer = { params: Params, response: { 200: AlertView } };

/** Alerts, and what the office does to them for people on the telephone. */
export function alertRoutes(app: ApiApp, { db, clock, wake }: ApiContext): void {
  app.get(
    '/alerts',
    {
      config: { rights: HOMES },
      schema: {
        tags: ['alerts'],
        summary: 'Alerts, the newest first',
        querystring: AlertQuery,
        response: { 200: AlertPage },
      },
    },
    async ({ actor, query }) =>
      listAlerts(
        db,
        {
          communityId: communityIdOf(actor, query.community),
          householdId: query.household,
          stewardId: actor.personId,
          status: query.status,
        },
        { limit: query.limit ?? 50, after: query.after },
      ),
  );

  app.get(
    '/alerts/:id',
    {
      config: { rights: HOMES },
      schema: { tags: ['alerts'], summary: 'An alert with its timeline', ...answer },
    },
    async ({ actor, params }) => {
      await getPeople(actor, params.id);
      return getView(params.id);
    },
  );

  app.get(
    '/alerts/:id/people',
    {
      config: { rights: HOMES },
      schema: {
        tags: ['alerts'],
        summary: 'Who may go, in the order of the ladder',
        params: Params,
        response: { 200: Type.Object({ items: Type.Array(AlertPerson) }) },
      },
    },
    async ({ actor, params }) => ({ items: (await getPeople(actor, params.id)).people }),
  );

  app.post(
    '/alerts/:id/acknowledge',
    {
      config: { rights: HOMES },
      schema: {
        tags: ['alerts'],
        summary: 'Somebody is on the way: the person named, else the primary steward',
        body: OnBehalfOf,
        ...answer,
      },
    },
    async ({ actor, params, body }) =>
      change(actor, params.id, 'acknowledge', (people) => ({
        kind: 'acknowledge',
        by: getPerson(people, spokenFor(actor, body) ?? primaryOf(people)),
      })),
  );

  app.post(
    '/alerts/:id/arrive',
    {
      config: { rights: HOMES },
      schema: {
        tags: ['alerts'],
        summary:
          'Somebody stands at the door: the person named, else who is on the way or the primary steward',
        body: OnBehalfOf,
        ...answer,
      },
    },
    async ({ actor, params, body }) =>
      change(actor, params.id, 'arrive', (people) => ({
        kind: 'arrive',
        by: getPerson(people, spokenFor(actor, body) ?? onTheWayOf(people) ?? primaryOf(people)),
      })),
  );

  app.post(
    '/alerts/:id/reassign',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['alerts'],
        summary: 'The person named goes, whoever had set out: they are paged, and who had set out is told',
        body: ReassignRequest,
        ...answer,
      },
    },
    async ({ actor, params, body }) =>
      change(actor, params.id, 'reassign', (people) => ({
        kind: 'reassign',
        to: getPerson(people, body.personId),
      })),
  );

  app.post(
    '/alerts/:id/pass',
    {
      config: { rights: HOMES },
      schema: {
        tags: ['alerts'],
        summary:
          'Somebody cannot go: the person named, else who is on the way or the primary steward. The next ones are paged at once',
        body: OnBehalfOf,
        ...answer,
      },
    },
    async ({ actor, params, body }) =>
      change(actor, params.id, 'pass', (people) => ({
        kind: 'pass',
        by: getPerson(people, spokenFor(actor, body) ?? onTheWayOf(people) ?? primaryOf(people)),
      })),
  );

  app.post(
    '/alerts/:id/emergency',
    {
      config: { rights: HOMES },
      schema: {
        tags: ['alerts'],
        summary: 'Page everybody on the ladder at once',
        body: OnBehalfOf,
        ...answer,
      },
    },
    async ({ actor, params, body }) =>
      change(actor, params.id, 'emergency', (people) => {
        const personId = spokenFor(actor, body);
        return { kind: 'emergency', by: personId && getPerson(people, personId) };
      }),
  );

  app.post(
    '/alerts/:id/outcome',
    {
      config: { rights: HOMES },
      schema: {
        tags: ['alerts'],
        summary: 'Record what was found at the door; closes the alert',
        body: OutcomeRequest,
        ...answer,
      },
    },
    async ({ actor, params, body }) =>
      change(actor, params.id, 'outcome', (people) => {
        const { outcome, note } = body;
        const personId = spokenFor(actor, body);
        const by = personId && getPerson(people, personId);
        return { kind: 'record_outcome', outcome, by, ...(note ? { note } : {}) };
      }),
  );

  app.post(
    '/alerts/:id/correction',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['alerts'],
        summary: 'Set a recorded outcome right by a second entry; the first one stays on record',
        body: OutcomeRequest,
        ...answer,
      },
    },
    async ({ actor, params, body: { outcome, note, personId } }) =>
      change(actor, params.id, 'correct', (people) => ({
        kind: 'correct_outcome',
        outcome,
        by: personId && getPerson(people, personId),
        ...(note ? { note } : {}),
      })),
  );

  app.post(
    '/alerts/:id/reopen',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['alerts'],
        summary: 'Take a mistaken outcome back: nobody has seen the person, and the ladder begins anew',
        body: ReopenRequest,
        ...answer,
      },
    },
    async ({ actor, params, body: { note } }) =>
      change(actor, params.id, 'reopen', () => ({
        kind: 'reopen',
        by: undefined,
        ...(note ? { note } : {}),
      })),
  );

  app.post(
    '/alerts/:id/notes',
    {
      config: { rights: HOMES },
      schema: { tags: ['alerts'], summary: 'Add a note to the timeline', body: NoteRequest, ...answer },
    },
    async ({ actor, params, body }) =>
      change(actor, params.id, 'note', () => ({ kind: 'note', note: body.note })),
  );

  /** Puts a command to an alert and writes down who did so, in one transaction; answers with what became of it. */
  async function change(
    actor: Actor,
    alertId: string,
    action: string,
    commandFor: (people: AlertPeople) => AlertCommand,
  ): Promise<AlertView> {
    const command = commandFor(await getPeople(actor, alertId));
    const now = clock.now();
    await db.transaction().execute(async (tx) => {
      const by = actor.kind === 'account' ? { accountId: actor.id } : {};
      const { refused } = await changeAlert(tx, alertId, command, now, by);
      if (refused) throw refusal(refused);
      await recordAudit(
        tx,
        { actor, action: `alert.${action}`, subjectKind: 'alert', subjectId: alertId },
        now,
      );
    });
    wake();
    return getView(alertId);
  }

  const getPeople = async (actor: Actor, alertId: string): Promise<AlertPeople> =>
    assertInSight(db, actor, await findAlertPeople(db, alertId), 'alert');

  async function getView(alertId: string): Promise<AlertView> {
    const view = await findAlert(db, alertId);
    if (!view) throw new Error('An alert vanished, and alerts are never deleted.');
    return view;
  }
}

/**
 * For whom the board speaks: the office for anybody, a steward for themselves.
 * @throws PactError NOT_ALLOWED
 */
function spokenFor(actor: Actor, { personId }: { personId?: string | undefined }): string | undefined {
  if (actor.personId === undefined || personId === actor.personId) return personId;
  if (personId === undefined) return actor.personId;
  throw new PactError('NOT_ALLOWED', 'A steward speaks for nobody else.', {
    hint: 'Leave personId away, or ask the office.',
  });
}

/** @throws PactError */
function getPerson({ people }: AlertPeople, personId: string | undefined): string {
  if (personId === undefined) throw refusal('nobody_named');
  if (people.some((person) => person.personId === personId)) return personId;
  throw new PactError('BAD_REQUEST', 'That person has nothing to do with this alert.', {
    hint: 'GET /api/v1/alerts/{id}/people lists who may go.',
    details: {
      problems: [
        { path: 'body/personId', message: 'is neither on the ladder of this alert nor was paged for it' },
      ],
    },
  });
}

const primaryOf = ({ people }: AlertPeople) => people.find(({ role }) => role === 'primary')?.personId;
const onTheWayOf = ({ people }: AlertPeople) => people.find(({ onTheWay }) => onTheWay)?.personId;

const REFUSALS: Record<string, [message: string, hint: string]> = {
  not_closed: ['This alert is not closed yet.', 'Record its outcome, or add a note.'],
  closed: ['This alert is closed already.', 'Look at its timeline; a note can still be added.'],
  already_acknowledged: [
    'Somebody else is on the way already.',
    'Pass on for them first, if they cannot go after all.',
  ],
  already_emergency: [
    'Everybody has been called already.',
    'Record the outcome once somebody has been at the door.',
  ],
  not_on_ladder: [
    'That person serves this household no more.',
    'Choose somebody on its ladder, or add them in the register first.',
  ],
  nobody_named: ['This household has no primary steward.', 'Say who goes, by personId.'],
};

function refusal(reason: string): PactError {
  const [message, hint] = REFUSALS[reason] ?? ['The alert does not allow this now.', 'Look at its timeline.'];
  return new PactError('CONFLICT', message, { hint, details: { reason } });
}
