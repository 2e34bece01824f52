import type { FastifyRequest } from 'fastify';
import { PactError } from '#platform/errors.ts';

/**
 * What the token of a request's link opens: `Authorization: <scheme> <token>`.
 * @throws PactError LINK_INVALID where it opens nothing
 */
export async function openLink<T>(
  { headers }: FastifyRequest,
  scheme: 'Steward' | 'Leave' | 'Care',
  find: (token: string) => Promise<T | undefined>,
  hint: string,
): Promise<T> {
  const [, given, token] = /^([A-Za-z]+) +([A-Za-z0-9_-]{10,64})$/.exec(headers.authorization ?? '') ?? [];
  const link = token && given === scheme ? await find(token) : undefined;
  if (link) return link;
  throw new PactError('LINK_INVALID', 'This link is over, or was not copied whole.', { hint });
}
