import { Command } from 'commander';
import { compareOnWalk } from '#pact/place.ts';
import { placeOf } from '#pact/text/sms.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { type RoundHome, readRound } from '#store/today/read-round.ts';
import { chooseCommunity } from './choose-community.ts';
import type { Cli } from './cli.ts';
import { readDateOption } from './local-time.ts';
import { table } from './table.ts';

type Options = { community?: string; date?: string };

/** What the pact was before there was a system: a list on paper. It needs the database and nothing that runs. */
export function roundCommand({ text, clock, language, withDatabase }: Cli): Command {
  return new Command('round')
    .description(text.commands.round)
    .option('--community <name>', text.options.community)
    .option('--date <date>', text.options.date)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, options: Options) => {
        const { id, name, timeZone } = await chooseCommunity(db, options.community, text);
        const now = clock.now();
        const date = readDateOption(options.date, text) ?? localDateAt(now, timeZone).toString();
        const homes = await readRound(db, id, date);
        const entry = {
          actor: { kind: 'cli' },
          action: 'round.print',
          subjectKind: 'community',
          subjectId: id,
        };
        await recordAudit(db, entry, now);
        const byStewards = Map.groupBy(homes, ({ steward, stewardPhone }) =>
          steward === null
            ? text.roundNobody
            : text.roundSteward({ name: steward, phone: stewardPhone ?? '' }),
        );
        return {
          value: { community: name, date, homes },
          lines: [
            text.roundTitle({ community: name, date, homes: homes.length }),
            ...[...byStewards].flatMap(([steward, own]) => ['', steward, ...rowsOf(own)]),
          ],
        };
      }),
    );

  function rowsOf(homes: readonly RoundHome[]): string[] {
    const { code, salutation, place, phone, seen } = text.table;
    const rows = homes
      .toSorted(compareOnWalk)
      .map((home) => [home.code, home.salutation, placeOf(home, language), home.phone ?? '', '________']);
    return table([code, salutation, place, phone, seen], rows);
  }
}
