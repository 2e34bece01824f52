import { createHmac } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { SessionView, SetupRequest, SetupState, SignInRequest } from '#contracts/http/account.ts';
import { speedOf } from '#platform/clock.ts';
import { PactError } from '#platform/errors.ts';
import { type Account, findAccountByUsername, hasAccount } from '#store/account/accounts.ts';
import { createSession, endAllSessions, endSession, hangOnWall } from '#store/account/sessions.ts';
import { createAccountByLink, isSetupLinkValid } from '#store/account/setup-link.ts';
import { type Attempt, findHold, recordSignIn, recordSignInFailure } from '#store/account/sign-in-origin.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import type { Actor } from '../actor.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { ANYBODY, PEOPLE, PEOPLE_OF_OFFICE } from '../rights.ts';
import { actorOf, credentialOf } from './credential.ts';
import { hashPassword, verifyPassword } from './password.ts';
import {
  clearSessionCookie,
  readSessionCookie,
  SESSION_HOURS,
  setSessionCookie,
  WALL_DAYS,
} from './session-cookie.ts';
import { createSignInGate, holdSecondsEverywhere, holdSecondsThere, subscriberOf } from './sign-in-gate.ts';

/** A password costs 19 MiB and a twentieth of a second: few may be tried at once from one address. */
const FEW_A_MINUTE = { rateLimit: { max: 20, timeWindow: 60_000 } };

/** First set-up, signing in and out. `onSessionEnd` hears which credential is over. */
export function accountRoutes(app: ApiApp, context: ApiContext, onSessionEnd: (hash: Buffer) => void): void {
  const { db, clock, publicUrl } = context;
  const clockSpeed = speedOf(clock);
  const gate = createSignInGate(clockSpeed);

  app.get(
    '/setup',
    {
      config: { public: true },
      schema: {
        tags: ['account'],
        summary: 'Whether the first account is still to be made',
        response: { 200: SetupState },
      },
    },
    async () => ({ needed: !(await hasAccount(db)) }),
  );

  app.post(
    '/setup',
    {
      config: { public: true, ...FEW_A_MINUTE },
      schema: {
        tags: ['account'],
        summary: 'Make the account that a one-time link is for, the first one or an invite’s, and sign in',
        body: SetupRequest,
        response: { 201: SessionView },
      },
    },
    async (request, reply) => {
      const { token, username, name, password } = request.body;
      gate.assertOpen(request.ip, clock.now());
      const account = (await isSetupLinkValid(db, token, clock.now()))
        ? await createAccountByLink(
            db,
            token,
            { username, name, passwordHash: await hashPassword(password) },
            clock.now(),
          )
        : 'link_spent';
      if (account === 'username_taken') {
        throw new PactError('CONFLICT', 'Somebody has this user name already.', {
          hint: 'Choose another one; the link still works.',
          details: { reason: account },
        });
      }
      if (account === 'link_spent') {
        gate.recordFailure(request.ip, clock.now());
        throw new PactError('NOT_ALLOWED', 'This set-up link is not valid, or not any more.', {
          hint: 'It works once and for a while. Sign in if you have an account; else ask an administrator for an invite, or start the service again if nobody has one.',
        });
      }
      reply.status(201);
      return signIn(request, reply, account, 'account.set_up');
    },
  );

  app.post(
    '/session',
    {
      config: { public: true, ...FEW_A_MINUTE },
      schema: {
        tags: ['account'],
        summary: 'Sign in; the session is a cookie',
        body: SignInRequest,
        response: { 201: SessionView },
      },
    },
    async (request, reply) => {
      gate.assertOpen(request.ip, clock.now());
      const account = await findAccountByUsername(db, request.body.username);
      const isRight = await verifyPassword(request.body.password, account?.passwordHash);
      const attempt = account && attemptOf(request, account.id);
      const isHeld = attempt ? await isHeldBack(attempt) : false;
      if (!account || !isRight || isHeld) {
        gate.recordFailure(request.ip, clock.now());
        if (attempt && !isHeld) await recordSignInFailure(db, attempt, HOLD, clock.now());
        await audit({ kind: 'nobody' }, 'session.refused', account?.id);
        throw new PactError('SIGN_IN_REFUSED', 'The name or the password is wrong.', {
          hint: 'After five wrong passwords the next one waits for a while, a quarter of an hour at most, even the right one.',
        });
      }
      reply.status(201);
      return signIn(request, reply, account, 'session.opened');
    },
  );

  app.get(
    '/session',
    {
      config: { rights: ANYBODY },
      schema: { tags: ['account'], summary: 'Who is signed in', response: { 200: SessionView } },
    },
    async (request) => viewOf(request.actor),
  );

  app.post(
    '/session/wall',
    {
      config: { rights: PEOPLE_OF_OFFICE },
      schema: {
        tags: ['account'],
        summary:
          'Leave this session to a wall: it only looks at the morning from now on, and lasts for months',
        response: { 200: SessionView },
      },
    },
    async (request, reply) => {
      const { actor, hash } = credentialOf(request);
      const seconds = WALL_DAYS * 24 * 3600;
      const now = clock.now();
      await db.transaction().execute(async (tx) => {
        await hangOnWall(tx, hash, now.add({ milliseconds: inClockMilliseconds(seconds) }));
        const about = { subjectKind: 'account', subjectId: actor.id };
        await recordAudit(tx, { actor, action: 'session.wall', ...about }, now);
      });
      // What is open over this session is closed, and comes back as the wall's.
      onSessionEnd(hash);
      const token = readSessionCookie(request, publicUrl);
      if (token) setSessionCookie(reply, token, publicUrl, seconds);
      return viewOf({ ...actor, role: 'wall' });
    },
  );

  app.delete(
    '/session',
    {
      config: { rights: ANYBODY },
      schema: { tags: ['account'], summary: 'Sign out', response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const { actor, hash } = credentialOf(request);
      await endSession(db, hash);
      await audit(actor, 'session.closed', actor.id);
      onSessionEnd(hash);
      clearSessionCookie(reply, publicUrl);
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/sessions',
    {
      config: { rights: PEOPLE },
      schema: { tags: ['account'], summary: 'Sign out everywhere', response: { 204: Type.Null() } },
    },
    async ({ actor }, reply) => {
      await db.transaction().execute(async (tx) => {
        await endAllSessions(tx, actor.id);
        await recordAudit(
          tx,
          { actor, action: 'session.all_closed', subjectKind: 'account', subjectId: actor.id },
          clock.now(),
        );
      });
      clearSessionCookie(reply, publicUrl);
      return reply.status(204).send(null);
    },
  );

  async function signIn(request: FastifyRequest, reply: FastifyReply, account: Account, action: string) {
    const now = clock.now();
    gate.recordSuccess(request.ip);
    await recordSignIn(db, attemptOf(request, account.id), now);
    const expiresAt = now.add({ milliseconds: inClockMilliseconds(SESSION_HOURS * 3600) });
    const token = await createSession(db, account.id, now, expiresAt);
    setSessionCookie(reply, token, publicUrl, SESSION_HOURS * 3600);
    const actor = actorOf(account);
    await audit(actor, action, account.id);
    return viewOf(actor);
  }

  const audit = (actor: { kind: string; id?: string }, action: string, accountId: string | undefined) =>
    recordAudit(
      db,
      {
        actor: { kind: actor.kind, ...(actor.id ? { id: actor.id } : {}) },
        action,
        subjectKind: 'account',
        ...(accountId ? { subjectId: accountId } : {}),
      },
      clock.now(),
    );

  /** Where from is kept as a hash under the server's key: addresses are nobody's business later. */
  const attemptOf = (request: FastifyRequest, accountId: string): Attempt => ({
    accountId,
    origin: createHmac('sha256', context.secret).update(subscriberOf(request.ip)).digest(),
  });

  async function isHeldBack(attempt: Attempt): Promise<boolean> {
    const until = await findHold(db, attempt);
    return until !== undefined && until.epochMilliseconds > clock.now().epochMilliseconds;
  }

  const after = (seconds: number) =>
    seconds > 0 ? clock.now().add({ milliseconds: inClockMilliseconds(seconds) }) : undefined;
  const HOLD = {
    there: (failures: number) => after(holdSecondsThere(failures)),
    everywhere: (failures: number) => after(holdSecondsEverywhere(failures)),
  };

  const inClockMilliseconds = (seconds: number) => Math.round(seconds * 1000 * clockSpeed);

  const viewOf = (actor: Actor): SessionView => ({
    kind: actor.kind,
    id: actor.id,
    name: actor.name,
    role: actor.role,
    communityId: (actor.communityIds?.length === 1 ? actor.communityIds[0] : undefined) ?? null,
    personId: actor.personId ?? null,
    now: clock.now().toString(),
  });
}
