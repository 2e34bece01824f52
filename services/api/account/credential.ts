import type { FastifyRequest } from 'fastify';
import { PactError } from '#platform/errors.ts';
import { findApiToken } from '#store/account/api-tokens.ts';
import { hashSecretToken } from '#store/account/secret-token.ts';
import { findSessionAccount, type SessionAccount } from '#store/account/sessions.ts';
import type { Actor } from '../actor.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { assertRight } from '../rights.ts';
import { assertSameSite } from './same-site.ts';
import { readSessionCookie, sessionTimes } from './session-cookie.ts';

/** What opened the door: the actor, and the hash under which the database keeps the secret. */
export type Credential = { actor: Actor; hash: Buffer };

const credentials = new WeakMap<FastifyRequest, Credential>();

/** @throws PactError NOT_SIGNED_IN */
export function credentialOf(request: FastifyRequest): Credential {
  const credential = credentials.get(request);
  if (credential) return credential;
  throw new PactError('NOT_SIGNED_IN', 'Nobody is signed in.', {
    hint: 'Sign in, or send a token made by `npm run -s pact -- token` as Authorization: Bearer.',
  });
}

/**
 * Finds out who asks before anything of the request is read, and turns away those who must be somebody and are
 * not, by what `config` says of the route. A route of the API that says nothing is refused when it is registered.
 */
export function guard(app: ApiApp, context: ApiContext): void {
  app.decorateRequest('actor', {
    getter(this: FastifyRequest) {
      return credentialOf(this).actor;
    },
  });
  app.addHook('onRoute', ({ method, url, config }) => {
    if (!url.startsWith('/api/') || config?.public || config?.rights) return;
    throw new Error(`${method} ${url} does not say who may use it.`);
  });
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    if (!bearerOf(request)) assertSameSite(request, context.publicUrl);
    if (request.routeOptions.config.public) return;
    const credential = await findCredential(request, context);
    if (credential) credentials.set(request, credential);
    assertRight(credentialOf(request).actor, request.routeOptions.config.rights);
  });
}

/** Who asks, on routes where nobody needs to be signed in too. */
export async function findCredential(
  request: FastifyRequest,
  { db, clock, publicUrl }: Pick<ApiContext, 'db' | 'clock' | 'publicUrl'>,
): Promise<Credential | undefined> {
  const bearer = bearerOf(request);
  if (bearer !== undefined) {
    const hash = hashSecretToken(bearer);
    const token = await findApiToken(db, hash);
    return token && { actor: { kind: 'token', ...token, personId: undefined }, hash };
  }
  const cookie = readSessionCookie(request, publicUrl);
  if (cookie === undefined) return undefined;
  const hash = hashSecretToken(cookie);
  const account = await findSessionAccount(db, hash, sessionTimes(clock));
  if (!account) return undefined;
  return { actor: actorOf(account), hash };
}

export const actorOf = ({
  id,
  name,
  role,
  communityIds,
  personId,
}: Omit<SessionAccount, 'username'>): Actor => ({
  kind: 'account',
  id,
  name,
  role,
  communityIds,
  personId,
});

function bearerOf(request: FastifyRequest): string | undefined {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1];
}
