import type { HomeMonth, MonthReport } from '#contracts/http/report.ts';
import { monthLines, sayMinute, sayMonth, timesLines } from '#contracts/report/month-lines.ts';
import type { Language } from '#pact/text/language.ts';
import { REPORT_TEXT, type ReportText } from '#pact/text/report.ts';

type Value = string | number | null;
type Sheet = {
  name: string;
  rows: readonly (readonly Value[])[];
  widths: readonly number[];
  plain?: boolean;
};

/** The month as a workbook for the office itself: also each steward's load and each home's days. */
export async function writeMonthWorkbook(
  report: MonthReport,
  { language, who, at }: { language: Language; who: string; at: string },
): Promise<Buffer> {
  const { default: writeXlsxFile } = await import('write-excel-file/node');
  const words = REPORT_TEXT[language];
  const about = [
    words.title,
    [report.district, report.street, report.community].filter(Boolean).join(' · '),
    `${sayMonth(report.month, words)} (${words.span(report.from, report.to)})`,
    words.made(who, at),
    ...words.notes,
  ];
  const sheets: Sheet[] = [
    sumSheet(report, words),
    daySheet(report, words),
    gridSheet(report, words),
    // Who may know how many and not who has a report without people.
    ...(report.stewards.length > 0 ? [stewardSheet(report, words)] : []),
    ...(report.homes.length > 0 ? [homeSheet(report, words)] : []),
    { name: words.about, rows: about.map((line) => [line]), widths: [90], plain: true },
  ];
  return writeXlsxFile(
    sheets.map(({ name, rows, widths, plain }) => ({
      data: rows.map((row, index) => row.map((value) => cell(value, index === 0 && !plain))),
      sheet: name,
      columns: widths.map((width) => ({ width })),
      ...(plain ? {} : { stickyRowsCount: 1 }),
    })),
  ).toBuffer();
}

/** Text that begins like a formula stays text. */
function cell(value: Value, isHead: boolean) {
  if (value === null) return null;
  const typed = typeof value === 'number' ? { value, type: Number } : { value, type: String };
  return isHead ? { ...typed, fontWeight: 'bold' as const } : typed;
}

function sumSheet(report: MonthReport, words: ReportText): Sheet {
  const { times } = words;
  return {
    name: words.sum,
    widths: [34, 14, 16, 26, 26],
    rows: [
      [report.community, sayMonth(report.month, words)],
      ...monthLines(report, words).flatMap(({ title, lines }) => [
        [title],
        ...lines.map(({ label, value, unit, target }) => [
          unit === 'percent' ? `${label} (%)` : label,
          value,
          target?.text ?? null,
        ]),
      ]),
      [times.title, times.count, `${times.median} (s)`],
      ...timesLines(report, words).map(({ label, times: { count, medianSeconds, within } }) => [
        label,
        count,
        medianSeconds === null ? null : Math.round(medianSeconds),
        ...within.map(
          ({ withinSeconds, percent, target }) =>
            `${times.within(withinSeconds / 60)} ${percent}% (${times.target(target)})`,
        ),
      ]),
    ],
  };
}

const COUNTS = ['enrolled', 'kept', 'keptLate', 'visited', 'unresolved', 'excused'] as const;

function daySheet({ days }: MonthReport, words: ReportText): Sheet {
  return {
    name: words.days.title,
    widths: [14, ...COUNTS.map(() => 12)],
    rows: [
      [words.days.date, ...COUNTS.map((name) => words.columns[name])],
      ...days.map(({ date, counts }) => [date, ...COUNTS.map((name) => counts[name])]),
    ],
  };
}

function gridSheet({ grids }: MonthReport, words: ReportText): Sheet {
  const { columns } = words;
  return {
    name: words.grids.title,
    widths: [22, ...Array.from({ length: 11 }, () => 12)],
    rows: [
      [
        words.grids.grid,
        ...COUNTS.map((name) => columns[name]),
        `${columns.onTime} (%)`,
        columns.alerts,
        `${columns.door} (s)`,
        columns.benign,
        `${columns.uptime} (%)`,
      ],
      ...grids.map(({ grid, counts, onTimePercent, responses, sensors }) => [
        grid,
        ...COUNTS.map((name) => counts[name]),
        onTimePercent,
        responses.alerts,
        responses.door.medianSeconds === null ? null : Math.round(responses.door.medianSeconds),
        responses.benignPer45,
        sensors.uptimePercent,
      ]),
    ],
  };
}

function stewardSheet({ stewards }: MonthReport, words: ReportText): Sheet {
  const heads = words.stewards;
  return {
    name: heads.title,
    widths: [18, 12, 12, 12, 12],
    rows: [
      [heads.name, heads.homes, heads.pages, heads.acknowledged, heads.visits],
      ...stewards.map(({ name, homes, pages, acknowledged, visits }) => [
        ...[name, homes, pages, acknowledged, visits],
      ]),
    ],
  };
}

function homeSheet({ homes, days }: MonthReport, words: ReportText): Sheet {
  const dates = days.map(({ date }) => date);
  const heads = words.homes;
  return {
    name: heads.title,
    widths: [8, 12, 16, ...dates.map(() => 8)],
    rows: [
      [heads.code, heads.salutation, words.grids.grid, ...dates.map((date) => date.slice(5))],
      ...homes.map((home) => {
        const byDate = new Map(home.days.map((day) => [day.date, day]));
        return [
          ...[home.code, home.salutation, home.grid],
          ...dates.map((date) => dayCell(byDate.get(date), words)),
        ];
      }),
    ],
  };
}

/** How a day ended, with when the curtain was opened. */
function dayCell(day: HomeMonth['days'][number] | undefined, words: ReportText): string | null {
  if (!day) return null;
  const said = day.closedAs ? words.closings[day.closedAs] : words.still;
  return day.openedMinute === null ? said : `${said} ${sayMinute(day.openedMinute)}`;
}
