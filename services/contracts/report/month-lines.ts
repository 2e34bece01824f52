import { BENIGN_TARGET, type ResponseTimes } from '#pact/response-times.ts';
import type { ReportText } from '#pact/text/report.ts';
import type { MonthNumbers } from '../http/report.ts';

/** One number of a month as it is shown: the board, the workbook and the paper go by the same lines. */
export type MonthLine = {
  label: string;
  value: number;
  unit: 'count' | 'percent';
  /** What it should be, and whether it is. */
  target?: { text: string; met: boolean };
  /** A part of the line above it. */
  isPart?: boolean;
};

export type LinesPart = { title: string; lines: readonly MonthLine[] };

/** A month's numbers under their headings; response times are a table of their own. */
export function monthLines(
  { counts, missed, excusedBy, onTimePercent, responses, sensors }: MonthNumbers,
  words: ReportText,
): LinesPart[] {
  const count = (label: string, value: number): MonthLine => ({ label, value, unit: 'count' });
  const part = (label: string, value: number): MonthLine => ({ ...count(label, value), isPart: true });
  return [
    {
      title: words.parts.days,
      lines: [
        count(words.enrolled, counts.enrolled),
        count(words.kept, counts.kept),
        { label: words.onTime, value: onTimePercent, unit: 'percent' },
        count(words.missed, missed),
        part(words.keptLate, counts.keptLate),
        part(words.visited, counts.visited),
        part(words.unresolved, counts.unresolved),
        count(words.excused, counts.excused),
        ...Object.entries(excusedBy).map(([reason, days]) => part(named(words.excuses, reason), days)),
      ],
    },
    {
      title: words.parts.alerts,
      lines: [
        count(words.alerts, responses.alerts),
        part(words.endedBySignal, responses.endedBySignal),
        part(words.open, responses.open),
        ...Object.entries(responses.outcomes).map(([outcome, alerts]) =>
          part(named(words.outcomes, outcome), alerts),
        ),
        count(words.benign, responses.benign),
        {
          ...count(words.benignPer45, responses.benignPer45),
          target: { text: words.atMost(BENIGN_TARGET), met: responses.benignPer45 <= BENIGN_TARGET },
        },
      ],
    },
    {
      title: words.parts.sensors,
      lines: [
        count(words.inUse, sensors.inUse),
        { label: words.uptime, value: sensors.uptimePercent, unit: 'percent' },
      ],
    },
  ];
}

export type TimesLine = { label: string; times: ResponseTimes };

/** How long it took from the deadline: to the page, to an answer, to the door. */
export const timesLines = ({ responses }: MonthNumbers, { times }: ReportText): TimesLine[] => [
  { label: times.paged, times: responses.paged },
  { label: times.acknowledged, times: responses.acknowledged },
  { label: times.door, times: responses.door },
];

export const sayValue = ({ value, unit }: MonthLine): string =>
  unit === 'percent' ? `${value}%` : `${value}`;

/** Seconds as people say them; of nothing a dash. */
export function sayDuration(seconds: number | null, words: ReportText): string {
  if (seconds === null) return words.none;
  const whole = Math.round(seconds);
  return words.duration(Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60);
}

/** A minute of the day on the wall: 6:32. */
export const sayMinute = (minute: number): string =>
  `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;

/** `2026-11` as a language says it. */
export function sayMonth(month: string, words: ReportText): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return words.month(year, number);
}

/** What a language calls it; what it has no word for keeps its own. */
const named = (names: Record<string, string>, name: string): string => names[name] ?? name;
