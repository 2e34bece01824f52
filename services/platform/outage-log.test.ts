import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createOutageLog } from './outage-log.ts';

test('an outage is told when it begins, every half minute and when it ends, and not at every try', () => {
  const lines: { event: string; failures: number }[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  let now = 0;
  const log = createOutageLog(logger, 'rules.sweep', () => now);
  log.succeeded();
  for (; now < 70_000; now += 500) log.failed(new Error('no database'));
  log.succeeded();
  log.succeeded();
  log.failed(new Error('again'));
  expect(lines).toMatchObject([
    { event: 'rules.sweep-failed', level: 50, why: 'no database', failures: 1, forMs: 0 },
    { event: 'rules.sweep-failed', failures: 61, forMs: 30_000 },
    { event: 'rules.sweep-failed', failures: 121, forMs: 60_000 },
    { event: 'rules.sweep-recovered', level: 30, failures: 140, afterMs: 70_000 },
    { event: 'rules.sweep-failed', why: 'again', failures: 1 },
  ]);
});
