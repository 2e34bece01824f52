import type { BoardText } from '#pact/text/board.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Hour and minute on the wall of a place, as people write them: 6:12. */
export const timeOf = (instant: string | number, timeZone: string): string => {
  const { hour, minute } = partsOf(instant, timeZone);
  return `${Number(hour)}:${minute}`;
};

/** With seconds and two-digit hours, for a running clock: 08:06:12. */
export const clockOf = (instant: string | number, timeZone: string): string => {
  const { hour, minute, second } = partsOf(instant, timeZone);
  return `${hour}:${minute}:${second}`;
};

/** The hour alone where the instant is of `date`; of another day, with its month and day: 11-23 22:10. */
export function timeOnDay(instant: string, timeZone: string, date: string): string {
  const { year, month, day } = partsOf(instant, timeZone);
  const time = timeOf(instant, timeZone);
  return `${year}-${month}-${day}` === date ? time : `${month}-${day} ${time}`;
}

/** A local date as people say it: 11月24日 星期二. */
export function dateOf(date: string, words: BoardText): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return words.date(month, day, new Date(Date.UTC(year, month - 1, day)).getUTCDay());
}

/** A span as a stopwatch shows it: 6:12, and 1:06:12 from an hour on. Negative spans are zero. */
export function spanOf(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const tail = String(seconds).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

export function agoOf(instant: string, nowMs: number, words: BoardText): string {
  const minutes = Math.floor((nowMs - Date.parse(instant)) / 60_000);
  return minutes < 120 ? words.home.minutesAgo(minutes) : words.home.hoursAgo(Math.floor(minutes / 60));
}

function partsOf(instant: string | number, timeZone: string): Record<string, string> {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return Object.fromEntries(format.formatToParts(new Date(instant)).map((part) => [part.type, part.value]));
}
