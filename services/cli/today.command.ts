import { Command } from 'commander';
import type { HomeView, TodayView } from '#contracts/http/today.ts';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { placeOf } from '#pact/text/sms.ts';
import { PactError } from '#platform/errors.ts';
import { readToday } from '#store/today/read-today.ts';
import { chooseCommunity } from './choose-community.ts';
import type { Cli } from './cli.ts';
import { localTime, readDateOption } from './local-time.ts';
import { table } from './table.ts';

type Options = { community?: string; date?: string };

export function todayCommand({ text, clock, language, withDatabase }: Cli): Command {
  return new Command('today')
    .description(text.commands.today)
    .option('--community <name>', text.options.community)
    .option('--date <date>', text.options.date)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, options: Options) => {
        const date = readDateOption(options.date, text);
        const community = await chooseCommunity(db, options.community, text);
        const today = await readToday(db, {
          communityId: community.id,
          date,
          now: clock.now(),
          clockSpeed: 1,
        });
        if (!today) throw new PactError('NOT_FOUND', text.noCommunity);
        return { value: today, lines: linesOf(today) };
      }),
    );

  function linesOf(today: TodayView): string[] {
    const { enrolled, kept, keptLate, visited, excused, unprotected } = today.counts;
    const title = {
      community: today.community,
      date: today.date,
      enrolled,
      safe: kept + keptLate + visited + excused,
      unprotected,
    };
    const { code, salutation, place, state, reason, time, steward } = text.table;
    const rows = today.homes.map((home) => [
      home.code,
      home.salutation,
      placeOf(home, language),
      text.states[home.state],
      reasonOf(home),
      localTime(home.proofAt ?? home.deadlineAt, today.timeZone),
      home.steward ?? '',
    ]);
    return [text.todayTitle(title), ...table([code, salutation, place, state, reason, time, steward], rows)];
  }

  function reasonOf({ reason }: HomeView): string {
    const reasons: Record<string, string> = BOARD_TEXT[language].shortReasons;
    return reason === null ? '' : (reasons[reason] ?? reason);
  }
}
