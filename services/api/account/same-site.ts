import type { FastifyRequest } from 'fastify';
import { PactError } from '#platform/errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what another site makes a browser send in a person's name. The cookie is SameSite=Strict already;
 * this holds where a browser knows no better, and for sites beside ours under one domain. A caller without
 * either header is no browser, and nobody can make it send a cookie.
 * @throws PactError NOT_ALLOWED
 */
export function assertSameSite(request: FastifyRequest, publicUrl: string | undefined): void {
  if (SAFE_METHODS.has(request.method)) return;
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  if (site === 'same-origin' || site === 'none') return;
  if (site === undefined && (origin === undefined || isOurs(origin, request, publicUrl))) return;
  throw new PactError('NOT_ALLOWED', 'This request was sent by another site.', {
    hint: 'Open the board at its own address. Behind a proxy, set PACT_PUBLIC_URL to the address that people use.',
  });
}

function isOurs(origin: string, request: FastifyRequest, publicUrl: string | undefined): boolean {
  if (publicUrl && origin === new URL(publicUrl).origin) return true;
  return URL.parse(origin)?.host === request.headers.host;
}
