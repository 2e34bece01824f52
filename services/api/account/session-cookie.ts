import type { FastifyReply, FastifyRequest } from 'fastify';

/** How long a session lasts, in hours of people's time. */
export const SESSION_HOURS = 12;

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

export function setSessionCookie(reply: FastifyReply, token: string, publicUrl: string | undefined): void {
  reply.setCookie(nameOf(publicUrl), token, { ...optionsOf(publicUrl), maxAge: SESSION_HOURS * 3600 });
}

export function clearSessionCookie(reply: FastifyReply, publicUrl: string | undefined): void {
  reply.clearCookie(nameOf(publicUrl), optionsOf(publicUrl));
}
