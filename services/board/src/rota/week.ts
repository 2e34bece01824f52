import type { RotaView } from '#contracts/http/register/duty.ts';
import type { BoardText } from '#pact/text/board.ts';

/** A local date some days later; dates here have no zone. */
export function addDays(date: string, days: number): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}

/** Its weekday and its day: 周三 11/25. */
export function dayNames(date: string, words: BoardText): { weekday: string; day: string } {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const index = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  return { weekday: words.rota.weekdays[index] ?? '', day: words.rota.day(month, day) };
}

export const dayOf = (date: string, words: BoardText): string => {
  const { weekday, day } = dayNames(date, words);
  return `${weekday} ${day}`;
};

export type Cell = RotaView['stewards'][number]['days'][number];
export type Mark = { sign: 'on' | 'off' | 'away' | 'swap' | 'standIn'; text: string };

/** What stands in a cell: the duty unless a whole day is taken off, what is taken off, and for whom they stand in. */
export function marksOf(cell: Cell, words: BoardText): Mark[] {
  const { rota } = words;
  const wholeDay = cell.absences.some(({ fromTime }) => fromTime === null);
  const hours = cell.hours.map(({ from, until }) => rota.hours(from, until)).join(' ');
  const duty: Mark[] = wholeDay ? [] : [{ sign: cell.onDuty ? 'on' : 'off', text: hours }];
  const away = cell.absences.map(({ fromTime, untilTime, standIn, isSwap }): Mark => {
    const span = fromTime !== null && untilTime !== null ? `${rota.hours(fromTime, untilTime)} ` : '';
    const who = standIn === null ? rota.nobodyStandsIn : rota.replacedBy(standIn);
    return { sign: isSwap ? 'swap' : 'away', text: `${span}${who}` };
  });
  const standsIn = cell.standsInFor.map((who): Mark => ({ sign: 'standIn', text: who }));
  return [...duty, ...away, ...standsIn];
}

/** Whether there is nothing to say of the day but that they are on duty. */
export const isOrdinary = (cell: Cell): boolean =>
  cell.onDuty && cell.absences.length === 0 && cell.standsInFor.length === 0;
