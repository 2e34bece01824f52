import { Command } from 'commander';
import { Temporal } from 'temporal-polyfill';
import type { MonthReport } from '#contracts/http/report.ts';
import { PactError } from '#platform/errors.ts';
import { monthAt, readReport } from '#store/report/read-report.ts';
import { chooseCommunity } from './choose-community.ts';
import type { Cli } from './cli.ts';

export function reportCommand({ text, clock, withDatabase }: Cli): Command {
  return new Command('report')
    .description(text.commands.report)
    .option('--community <name>', text.options.community)
    .option('--month <month>', text.options.month)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, options: { community?: string; month?: string }) => {
        const community = await chooseCommunity(db, options.community, text);
        const now = clock.now();
        const month = readMonth(options.month) ?? monthAt(now, community.timeZone);
        const report = await readReport(db, community, month, now);
        return { value: report, lines: linesOf(report) };
      }),
    );

  function readMonth(value: string | undefined): string | undefined {
    if (value === undefined || /^\d{4}-(0[1-9]|1[0-2])$/.test(value)) return value;
    throw new PactError('BAD_REQUEST', text.badMonth);
  }

  function linesOf({
    community,
    from,
    to,
    counts,
    onTimePercent,
    responses,
    sensors,
  }: MonthReport): string[] {
    const { report } = text;
    if (Temporal.PlainDate.compare(from, to) > 0) return [text.nothing];
    const [withinThree] = responses.acknowledged.within;
    const [withinFifteen, withinThirty] = responses.door.within;
    return [
      report.title(community, from, to),
      report.days(counts),
      report.onTime(onTimePercent),
      report.alerts(responses.alerts, responses.endedBySignal, responses.open),
      report.acknowledged(responses.acknowledged.medianSeconds, withinThree?.percent ?? 100),
      report.door(responses.door.medianSeconds, withinFifteen?.percent ?? 100, withinThirty?.percent ?? 100),
      report.benign(responses.benignPer45),
      report.sensors(sensors.inUse, sensors.uptimePercent),
    ];
  }
}
