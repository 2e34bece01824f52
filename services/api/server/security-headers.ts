import type { FastifyHelmetOptions } from '@fastify/helmet';

/** Headers for the board's own bundle and nothing else. Ant Design writes its styles into the page as it goes. */
export const securityHeaders = (publicUrl: string | undefined): FastifyHelmetOptions => {
  const isTls = publicUrl?.startsWith('https:') ?? false;
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'font-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        ...(isTls ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    // On a box without TLS these would lock people out, or warn on every page.
    strictTransportSecurity: isTls ? { maxAge: 31_536_000 } : false,
    crossOriginOpenerPolicy: isTls ? { policy: 'same-origin' } : false,
    originAgentCluster: isTls,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  };
};
