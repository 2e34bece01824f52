import { Temporal } from 'temporal-polyfill';
import type { HomeKind } from '#pact/care.ts';
import { isBirthYear } from '#pact/register-limits.ts';
import { isSensorId } from '../mqtt/topics.ts';
import type { Cell } from './sheet.ts';

/** The text of a cell without outer space; full-width digits and signs stay as they were written. */
export const textOf = (cell: Cell): string =>
  cell instanceof Date ? cell.toISOString() : String(cell ?? '').trim();

/** The text for machines: full-width forms made plain (０８：００ is 08:00). */
const plainOf = (cell: Cell): string => textOf(cell).normalize('NFKC').trim();

/**
 * A household number. Spreadsheets take 07 for the number 7, so one digit alone gets its zero back.
 */
export function readCode(cell: Cell, digits: { least: number; most: number }): string | undefined {
  const text = plainOf(cell).padStart(digits.least, '0');
  return /^\d+$/.test(text) && text.length <= digits.most ? text : undefined;
}

/** A year as written (1941, 1941年, 1941-05-03) or as a spreadsheet's date. */
export function readBirthYear(cell: Cell, thisYear: number): number | undefined {
  const year =
    cell instanceof Date ? cell.getUTCFullYear() : Number(/^(\d{4})(?!\d)/.exec(plainOf(cell))?.[1]);
  return isBirthYear(year, thisYear) ? year : undefined;
}

const YES = new Set(['是', '有', '独居', '弱', '对', '√', '✓', 'y', 'yes', 'true', '1']);
const NO = new Set(['否', '无', '没有', '不', '非独居', '正常', '×', 'n', 'no', 'false', '0']);

export function readYesNo(cell: Cell): boolean | undefined {
  const text = plainOf(cell).toLowerCase();
  if (YES.has(text)) return true;
  return NO.has(text) ? false : undefined;
}

export function readFloor(cell: Cell): number | undefined {
  const text = plainOf(cell).replace(/(层|楼|f)$/i, '');
  return /^-?\d{1,3}$/.test(text) ? Number(text) : undefined;
}

/** HH:MM from what people and spreadsheets write: 8:00, 8：00, 8点, 8点半, or a fraction of a day. */
export function readTime(cell: Cell): string | undefined {
  if (cell instanceof Date) return timeOf(cell.getUTCHours(), cell.getUTCMinutes());
  if (typeof cell === 'number' && cell > 0 && cell < 1) {
    const minutes = Math.round(cell * 1440);
    return timeOf(Math.floor(minutes / 60), minutes % 60);
  }
  const text = plainOf(cell)
    .replace(/半$/, '30')
    .replace(/[点时]/, ':')
    .replace(/分$/, '')
    .replace(/:$/, ':00');
  const match = /^(\d{1,2}):(\d{2})(?::00)?$/.exec(text);
  return match ? timeOf(Number(match[1]), Number(match[2])) : undefined;
}

function timeOf(hour: number, minute: number): string | undefined {
  if (hour > 23 || minute > 59) return undefined;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const DAY_SETS: Record<string, number[]> = {
  每天: EVERY_DAY,
  每日: EVERY_DAY,
  daily: EVERY_DAY,
  everyday: EVERY_DAY,
  工作日: [1, 2, 3, 4, 5],
  weekdays: [1, 2, 3, 4, 5],
  周末: [6, 7],
  weekend: [6, 7],
};
const DAY_NAMES = ['一', '二', '三', '四', '五', '六', '日', '天'];
const ENGLISH_DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Days of the week, Monday 1: 每天, 周一至周五, 1-5, 一三五, "1,3,5", mon-fri. */
export function readWeekdays(cell: Cell): number[] | undefined {
  let text = plainOf(cell).toLowerCase().replaceAll(' ', '');
  const known = DAY_SETS[text];
  if (known) return known;
  text = text.replace(/周|星期|礼拜|每/g, '');
  for (const [index, name] of DAY_NAMES.entries())
    text = text.replaceAll(name, String(Math.min(index + 1, 7)));
  for (const [index, name] of ENGLISH_DAYS.entries()) text = text.replaceAll(name, String(index + 1));
  text = text.replace(/[至到~—–]/g, '-').replace(/[、,;/和]/g, '');
  if (!/^([1-7](-[1-7])?)+$/.test(text)) return undefined;
  const days = new Set<number>();
  for (const [, first, last] of text.matchAll(/([1-7])(?:-([1-7]))?/g)) {
    const to = Number(last ?? first);
    if (to < Number(first)) return undefined;
    for (let day = Number(first); day <= to; day += 1) days.add(day);
  }
  return [...days].sort();
}

/** A date as 2026-03-01, 2026/3/1, 2026.3.1 or 2026年3月1日, or as a spreadsheet's own. */
export function readDate(cell: Cell): string | undefined {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  const match = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plainOf(cell));
  if (!match) return undefined;
  try {
    const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
    return Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' }).toString();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function readSensorId(cell: Cell): string | undefined {
  const text = plainOf(cell);
  return isSensorId(text) ? text : undefined;
}

const HOME_KIND_WORDS: Record<string, HomeKind> = {
  独居老人: 'elder_alone',
  独居: 'elder_alone',
  elder_alone: 'elder_alone',
  老人带孩子: 'elder_with_child',
  隔代抚养: 'elder_with_child',
  elder_with_child: 'elder_with_child',
  elder_raising_a_child: 'elder_with_child',
  困境儿童: 'child_in_hardship',
  困难儿童: 'child_in_hardship',
  child_in_hardship: 'child_in_hardship',
};

export const readHomeKind = (cell: Cell): HomeKind | undefined =>
  HOME_KIND_WORDS[plainOf(cell).toLowerCase().replace(/\s+/g, '_')];

const SENSOR_KINDS: Record<string, 'contact' | 'position'> = {
  contact: 'contact',
  开合: 'contact',
  门磁: 'contact',
  position: 'position',
  位置: 'position',
  电动: 'position',
};

export const readSensorKind = (cell: Cell): 'contact' | 'position' | undefined =>
  SENSOR_KINDS[plainOf(cell).toLowerCase()];

export const isEmpty = (cell: Cell | undefined): boolean =>
  cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
