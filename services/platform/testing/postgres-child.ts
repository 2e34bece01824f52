import { borrowEmbeddedPostgres } from '#platform/embedded-postgres/borrow.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { PactError, reasonOf } from '#platform/errors.ts';

/**
 * A service process for the tests that kill one: `<start|borrow> <options as JSON>`. Says in one line of
 * JSON what came of it, and stops when its stdin ends.
 */
const [mode, json] = process.argv.slice(2);
const begin = mode === 'borrow' ? borrowEmbeddedPostgres : startEmbeddedPostgres;
const say = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const postgres = await begin({
    ...JSON.parse(json ?? '{}'),
    log: (level: string, event: string, fields?: object) =>
      process.stderr.write(`${JSON.stringify({ level, event, ...fields })}\n`),
  });
  say({ connectionString: postgres.connectionString, dataDirectory: postgres.dataDirectory });
  process.stdin.on('end', () => void postgres.stop()).resume();
} catch (error) {
  say({ code: error instanceof PactError ? error.code : 'none', message: reasonOf(error) });
}
