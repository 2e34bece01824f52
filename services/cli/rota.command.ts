import { Command } from 'commander';
import { Temporal } from 'temporal-polyfill';
import type { RotaCell, RotaView } from '#contracts/http/register/duty.ts';
import { readRota } from '#store/duty/read-rota.ts';
import { chooseCommunity } from './choose-community.ts';
import type { Cli } from './cli.ts';
import { readDateOption } from './local-time.ts';
import { table } from './table.ts';

export function rotaCommand({ text, clock, withDatabase }: Cli): Command {
  return new Command('rota')
    .description(text.commands.rota)
    .option('--community <name>', text.options.community)
    .option('--week <date>', text.options.week)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, options: { community?: string; week?: string }) => {
        const week = readDateOption(options.week, text);
        const community = await chooseCommunity(db, options.community, text);
        const date = week === undefined ? undefined : Temporal.PlainDate.from(week);
        const rota = await readRota(db, community, date, clock.now());
        return { value: rota, lines: linesOf(rota) };
      }),
    );

  function linesOf({ community, week, days, stewards }: RotaView): string[] {
    const header = [text.table.steward, ...days.map(({ date }) => date.slice(5))];
    const rows = stewards.map(({ name, days: cells }) => [name, ...cells.map(cellOf)]);
    const left = days.filter(({ uncovered }) => uncovered.length > 0);
    return [
      text.rota.title({ community, week }),
      ...(rows.length > 0 ? table(header, rows) : [text.nothing]),
      ...left.map(({ date, uncovered }) =>
        text.rota.warning({ date, codes: uncovered.map(({ code }) => code).join(' ') }),
      ),
    ];
  }

  function cellOf({ onDuty, hours, absences, standsInFor }: RotaCell): string {
    const wholeDay = absences.some(({ fromTime }) => fromTime === null);
    const spans = hours.map(({ from, until }) => `${from}–${until}`).join('/');
    const served = onDuty ? spans || text.rota.on : text.rota.off;
    return [
      ...(wholeDay ? [] : [served]),
      ...absences.map(({ fromTime, untilTime, standIn }) =>
        [
          text.rota.away,
          ...(fromTime === null ? [] : [`${fromTime}–${untilTime}`]),
          ...(standIn === null ? [] : [text.rota.standIn(standIn)]),
        ].join(' '),
      ),
      ...standsInFor.map(text.rota.standsInFor),
    ].join(' ');
  }
}
