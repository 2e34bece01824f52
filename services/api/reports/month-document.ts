import type { MonthReport } from '#contracts/http/report.ts';
import {
  type LinesPart,
  monthLines,
  sayDuration,
  sayMonth,
  sayValue,
  timesLines,
} from '#contracts/report/month-lines.ts';
import type { Language } from '#pact/text/language.ts';
import { REPORT_TEXT, type ReportText } from '#pact/text/report.ts';
import { type Column, createPaper, type Paper, SOFT, WIDTH } from './paper.ts';

export type Maker = {
  language: Language;
  /** Who asked for it. */
  who: string;
  /** When, on the clock of the place. */
  at: string;
  madeAt: Date;
};

const RED = '#c0261c';
const LATE = '#d9a441';
const VISITED = '#5d7ea8';
const CHART = 72;

/**
 * The month as the office hands it to the district: numbers, and nobody's name but that of who made it.
 */
export function drawMonthDocument(
  report: MonthReport,
  { language, who, at, madeAt }: Maker,
): Promise<Buffer> {
  const words = REPORT_TEXT[language];
  const paper = createPaper();
  drawHead(paper, report, words);
  const [days, ...others] = monthLines(report, words);
  const top = paper.y;
  if (days) drawLines(paper, days, 0);
  const left = paper.y;
  paper.skip(top - left);
  for (const part of others) drawLines(paper, part, WIDTH / 2 + 12);
  paper.skip(Math.max(0, left - paper.y));
  drawTimes(paper, report, words);
  drawStewards(paper, report, words);
  drawChart(paper, report, words);
  drawGrids(paper, report, words);
  drawDays(paper, report, words);
  paper.skip(10);
  for (const note of words.notes) {
    paper.keep(16);
    paper.words(0, paper.y, { text: note, size: 8.5, colour: SOFT, most: WIDTH });
    paper.skip(14);
  }
  const title = `${report.community} ${words.title} ${sayMonth(report.month, words)}`;
  return paper.draw(
    title,
    madeAt,
    (page, of) => `${report.community} · ${words.made(who, at)} · ${words.page(page, of)}`,
  );
}

function drawHead(paper: Paper, report: MonthReport, words: ReportText): void {
  const place = [report.district, report.street, report.community].filter(Boolean).join(' · ');
  paper.words(0, 0, { text: words.title, size: 22, bold: true });
  paper.words(WIDTH, 6, { text: sayMonth(report.month, words), size: 15, bold: true, align: 'right' });
  paper.words(0, 34, { text: place, size: 12, most: WIDTH - 180 });
  paper.words(WIDTH, 36, {
    text: words.span(report.from, report.to),
    size: 10,
    align: 'right',
    colour: SOFT,
  });
  paper.box(0, 58, WIDTH, 1.5, RED);
  paper.skip(64);
}

/** A part's numbers in half the width of a page. */
function drawLines(paper: Paper, { title, lines }: LinesPart, x: number): void {
  const width = WIDTH / 2 - 12;
  paper.skip(12);
  paper.words(x, paper.y, { text: title, size: 13, bold: true });
  paper.skip(22);
  for (const line of lines) {
    const { label, target, isPart } = line;
    const said = target ? `${label} (${target.text})` : label;
    const size = isPart ? 9.5 : 10.5;
    const indent = isPart ? 14 : 0;
    paper.words(x + indent, paper.y, {
      text: said,
      size,
      most: width - 60,
      ...(isPart ? { colour: SOFT } : {}),
    });
    const colour = target && !target.met ? { colour: RED } : isPart ? { colour: SOFT } : {};
    paper.words(x + width, paper.y, { text: sayValue(line), size, align: 'right', bold: !isPart, ...colour });
    paper.skip(isPart ? 15 : 17);
  }
}

function drawTimes(paper: Paper, report: MonthReport, words: ReportText): void {
  const { times } = words;
  const within: Column = { head: '', width: 138, align: 'right' };
  const columns: Column[] = [
    { head: '', width: WIDTH - 2 * within.width - 120 },
    { head: times.count, width: 45, align: 'right' },
    { head: times.median, width: 75, align: 'right' },
    within,
    within,
  ];
  paper.heading(times.title);
  const lines = timesLines(report, words);
  paper.table(
    columns,
    lines.map((line) => [
      line.label,
      String(line.times.count),
      sayDuration(line.times.medianSeconds, words),
      ...line.times.within.map(
        ({ withinSeconds, percent, target }) =>
          `${times.within(withinSeconds / 60)} ${percent}% (${times.target(target)})`,
      ),
    ]),
  );
}

function drawStewards(paper: Paper, { stewards }: MonthReport, words: ReportText): void {
  if (stewards.length === 0) return;
  const sum = (of: 'pages' | 'visits') => stewards.reduce((all, steward) => all + steward[of], 0);
  const most = Math.max(0, ...stewards.map(({ visits }) => visits));
  paper.skip(6);
  paper.words(0, paper.y, {
    text: words.stewards.sum(stewards.length, sum('pages'), sum('visits'), most),
    size: 10,
    most: WIDTH,
  });
  paper.skip(12);
}

/** A column a day: how many homes were late, visited or are unresolved. */
function drawChart(paper: Paper, { days }: MonthReport, words: ReportText): void {
  if (days.length === 0) return;
  paper.keep(CHART + 80);
  paper.heading(words.days.chart);
  const parts = [
    { name: words.columns.keptLate, colour: LATE, of: 'keptLate' },
    { name: words.columns.visited, colour: VISITED, of: 'visited' },
    { name: words.columns.unresolved, colour: RED, of: 'unresolved' },
  ] as const;
  parts.forEach(({ name, colour }, index) => {
    paper.box(index * 90, paper.y + 2, 9, 9, colour);
    paper.words(index * 90 + 14, paper.y, { text: name, size: 9.5 });
  });
  paper.skip(20);
  const all = days.map(({ counts }) => counts.keptLate + counts.visited + counts.unresolved);
  const highest = Math.max(1, ...all);
  const foot = paper.y + CHART;
  const step = (WIDTH - 24) / 31;
  paper.words(16, paper.y - 4, { text: String(highest), size: 8.5, align: 'right', colour: SOFT });
  paper.words(16, foot - 9, { text: '0', size: 8.5, align: 'right', colour: SOFT });
  paper.box(22, paper.y, WIDTH - 22, 0.5, '#e6dcc8');
  paper.box(22, foot, WIDTH - 22, 0.7, SOFT);
  for (const { date, counts } of days) {
    const day = Number(date.slice(8));
    const x = 24 + (day - 1) * step;
    let top = foot;
    for (const { of, colour } of parts) {
      const height = (counts[of] / highest) * (CHART - 4);
      if (height > 0) paper.box(x + 1.5, top - height, step - 3, height, colour);
      top -= height;
    }
    paper.words(x + step / 2, foot + 3, { text: String(day), size: 7.5, align: 'centre', colour: SOFT });
  }
  paper.skip(CHART + 22);
}

function drawGrids(paper: Paper, report: MonthReport, words: ReportText): void {
  const heads = words.columns;
  const narrow = (head: string): Column => ({ head, width: 46, align: 'right' });
  const columns: Column[] = [
    { head: words.grids.grid, width: WIDTH - 46 * 7 - 70 },
    ...[heads.enrolled, heads.onTime, heads.missed, heads.excused, heads.alerts].map(narrow),
    { head: heads.door, width: 70, align: 'right' },
    narrow(heads.benign),
    narrow(heads.uptime),
  ];
  const row = (name: string, of: MonthReport | MonthReport['grids'][number]) => [
    name,
    String(of.counts.enrolled),
    `${of.onTimePercent}%`,
    String(of.missed),
    String(of.counts.excused),
    String(of.responses.alerts),
    sayDuration(of.responses.door.medianSeconds, words),
    String(of.responses.benignPer45),
    `${of.sensors.uptimePercent}%`,
  ];
  paper.heading(words.grids.title);
  paper.table(columns, [...report.grids.map((grid) => row(grid.grid, grid)), row(report.community, report)]);
}

function drawDays(paper: Paper, { days }: MonthReport, words: ReportText): void {
  const heads = words.columns;
  const names = ['enrolled', 'kept', 'keptLate', 'visited', 'unresolved', 'excused'] as const;
  const width = (WIDTH - 90) / names.length;
  const columns: Column[] = [
    { head: words.days.date, width: 90 },
    ...names.map((name): Column => ({ head: heads[name], width, align: 'right' })),
  ];
  paper.heading(words.days.title);
  paper.table(
    columns,
    days.map(({ date, counts }) => [date, ...names.map((name) => String(counts[name]))]),
    16,
  );
}
