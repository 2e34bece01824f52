import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Clock, speedOf } from '#platform/clock.ts';
import type { SessionTimes } from '#store/account/sessions.ts';

/** How long a session lasts, in hours of people's time. */
export const SESSION_HOURS = 12;
/** How long a wall's lasts. */
export const WALL_DAYS = 90;
/** After how long without any request it is over all the same. An open board asks every minute; a closed one does not. */
const IDLE_MINUTES = 60;

/** Now, and when a session that is still good was used at the latest. */
export function sessionTimes(clock: Clock): SessionTimes {
  const now = clock.now();
  const idleMs = Math.round(IDLE_MINUTES * 60_000 * speedOf(clock));
  return { now, idleSince: now.subtract({ milliseconds: idleMs }) };
}

/** `__Host-` binds the cookie to this very host, and browsers take it over TLS only. */
const isSecure = (publicUrl: string | undefined): boolean => publicUrl?.startsWith('https:') ?? false;
const nameOf = (publicUrl: string | undefined): string => (isSecure(publicUrl) ? '__Host-pact' : 'pact');

const optionsOf = (publicUrl: string | undefined) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'strict' as const,
  secure: isSecure(publicUrl),
});

export const readSessionCookie = (
  request: FastifyRequest,
  publicUrl: string | undefined,
): string | undefined => request.cookies[nameOf(publicUrl)];

export function setSessionCookie(
  reply: FastifyReply,
  token: string,
  publicUrl: string | undefined,
  seconds: number,
): void {
  reply.setCookie(nameOf(publicUrl), token, { ...optionsOf(publicUrl), maxAge: seconds });
}

export function clearSessionCookie(reply: FastifyReply, publicUrl: string | undefined): void {
  reply.clearCookie(nameOf(publicUrl), optionsOf(publicUrl));
}
