import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';

export type { Logger };

/** Fields that may carry a person or a secret: they never reach a log, whatever object they arrive in. */
const REDACTED = [
  'phone',
  'name',
  'address',
  'text',
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
];

/**
 * Structured logs on stderr, so that stdout stays free for a command's own answer.
 * @param origin stands in every line, with the process and the machine: several processes log into one place
 */
export function createLogger(level: string, origin?: { service: string }): Logger {
  return pino(
    {
      level,
      base: origin ? { ...origin, pid: process.pid, host: hostname() } : null,
      redact: {
        paths: REDACTED.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `req.headers.${key}`]),
        censor: '[redacted]',
      },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
