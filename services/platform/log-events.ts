import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = ['services', 'firmware-bridge'];
/** The board logs nothing; words of people are no log. */
const LEFT_OUT = /(?:\.test\.ts|[\\/]testing[\\/]|^board[\\/])/;

/** A line of the log: `logger.warn({ event: '…' })`, or the port of the embedded database, `log('warn', '…')`. */
const EVENT = /\bevent:\s*'([a-z]+(?:\.[a-z-]+)+)'|\blog\(\s*'(?:info|warn)',\s*'([a-z]+(?:\.[a-z-]+)+)'/g;
/** What fails again and again has a line for its beginning and one for its end. */
const OUTAGE = /createOutageLog\([^;]*?'([a-z]+(?:\.[a-z-]+)+)'\)/g;
/** A line without an event nobody can look up. */
const NAMELESS = /\b(?:logger|log)\.(?:trace|debug|info|warn|error|fatal)\((?!\s*\{\s*event:)/g;

/** Every event that our code logs, and every place that logs without one, as `file:line`. */
export function findLogEvents(root: string): { events: Set<string>; nameless: string[] } {
  const events = new Set<string>();
  const nameless: string[] = [];
  for (const folder of FOLDERS) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((each) => each.endsWith('.ts') && !LEFT_OUT.test(each))) {
      const text = readFileSync(join(root, folder, file), 'utf8');
      for (const [, logged, ofDatabase] of text.matchAll(EVENT)) events.add(logged ?? ofDatabase ?? '');
      for (const [, outage] of text.matchAll(OUTAGE)) {
        events.add(`${outage}-failed`);
        events.add(`${outage}-recovered`);
      }
      for (const { index } of text.matchAll(NAMELESS))
        nameless.push(`${folder}/${file}:${text.slice(0, index).split('\n').length}`);
    }
  }
  return { events, nameless };
}
