import { Command } from 'commander';
import { Temporal } from 'temporal-polyfill';
import { localDateAt } from '#pact/time-zone.ts';
import { PactError } from '#platform/errors.ts';
import { readLedger } from '#store/ledger/read-ledger.ts';
import { chooseCommunity } from './choose-community.ts';
import type { Cli } from './cli.ts';
import { readDateOption } from './local-time.ts';
import { table } from './table.ts';

const DEFAULT_DAYS = 31;

export function ledgerCommand({ text, clock, withDatabase }: Cli): Command {
  return new Command('ledger')
    .description(text.commands.ledger)
    .option('--community <name>', text.options.community)
    .option('--from <date>', text.options.ledgerFrom)
    .option('--to <date>', text.options.ledgerTo)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, options: { community?: string; from?: string; to?: string }) => {
        const [first, last] = [readDateOption(options.from, text), readDateOption(options.to, text)];
        const { id, name, timeZone } = await chooseCommunity(db, options.community, text);
        const to = last ?? localDateAt(clock.now(), timeZone).toString();
        const from = first ?? Temporal.PlainDate.from(to).subtract({ days: DEFAULT_DAYS }).toString();
        if (from > to) throw new PactError('BAD_REQUEST', text.ledgerBackwards);
        const days = await readLedger(db, { communityId: id, from, to });
        const { date, enrolled, kept, keptLate, visited, excused, unresolved, awaiting } = text.table;
        const hasOthers = days.some(({ counts }) => counts.unprotected > 0);
        const others = (said: string) => (hasOthers ? [said] : []);
        const header = [date, enrolled, kept, keptLate, visited, excused, unresolved, awaiting];
        const rows = days.map(({ date: on, counts }) => [
          on,
          ...[counts.enrolled, counts.kept, counts.keptLate, counts.visited, counts.excused].map(String),
          String(counts.unresolved),
          String(counts.awaiting),
          ...others(String(counts.unprotected)),
        ]);
        return {
          value: { communityId: id, community: name, days },
          lines:
            rows.length > 0 ? table([...header, ...others(text.table.unprotected)], rows) : [text.nothing],
        };
      }),
    );
}
