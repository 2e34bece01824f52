import { Command } from 'commander';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { listAlerts } from '#store/today/read-alerts.ts';
import { chooseCommunity } from './choose-community.ts';
import type { Cli } from './cli.ts';
import { localDateTime, localTime } from './local-time.ts';
import { table } from './table.ts';

const MOST_ALERTS = 200;

export function alertsCommand({ text, language, withDatabase }: Cli): Command {
  return new Command('alerts')
    .description(text.commands.alerts)
    .option('--community <name>', text.options.community)
    .option('--all', text.options.all)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, options: { community?: string; all?: boolean }) => {
        const community = await chooseCommunity(db, options.community, text);
        const { items } = await listAlerts(db, { communityId: community.id }, { limit: MOST_ALERTS });
        const alerts = options.all ? items : items.filter((alert) => alert.status !== 'closed');
        const reasons: Record<string, string> = BOARD_TEXT[language].shortReasons;
        const rows = alerts.map((alert) => [
          alert.code,
          alert.salutation,
          alert.place,
          reasons[alert.reason] ?? alert.reason,
          localDateTime(alert.deadlineAt, community.timeZone),
          text.alertStatus[alert.status],
          alert.acknowledgedBy ?? '',
          localTime(alert.nextStepAt, community.timeZone),
        ]);
        const { code, salutation, place, reason, deadline, status, steward, next } = text.table;
        const header = [code, salutation, place, reason, deadline, status, steward, next];
        return { value: alerts, lines: rows.length > 0 ? table(header, rows) : [text.nothing] };
      }),
    );
}
