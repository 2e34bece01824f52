import type { Cell } from './sheet.ts';

/** Every column of the register's sheet: the Chinese name first, then the names it may have instead. */
const COLUMNS = {
  code: ['户号', 'code', 'household', '编号'],
  salutation: ['称呼', 'salutation'],
  district: ['区', 'district', '区县'],
  street: ['街道', 'street', '街道办', '乡镇'],
  community: ['社区', 'community'],
  timeZone: ['时区', 'timezone', 'zone'],
  grid: ['网格', 'grid'],
  building: ['楼栋', 'building', '楼', '栋', '楼号'],
  unit: ['单元', 'unit'],
  floor: ['楼层', 'floor', '层'],
  room: ['房号', 'room', '门牌', '室'],
  kind: ['住户类别', 'homekind', '类别', '住户类型'],
  phone: ['电话', 'phone', '家庭电话', '住户电话'],
  note: ['备注', 'note', 'notes'],
  name: ['姓名', 'name', '老人', '老人姓名', 'resident'],
  birthYear: ['出生年', 'birthyear', '出生年份', 'born'],
  livesAlone: ['独居', 'livesalone', 'alone'],
  hearingWeak: ['听力弱', 'hearingweak', '听力'],
  steward: ['红管家', 'steward'],
  stewardPhone: ['红管家电话', 'stewardphone'],
  backup: ['替补', 'backup', '替补红管家'],
  backupPhone: ['替补电话', 'backupphone', '替补红管家电话'],
  neighbour: ['邻里', 'neighbour', 'neighbor', '邻居'],
  neighbourPhone: ['邻里电话', 'neighbourphone', 'neighborphone', '邻居电话'],
  family: ['家属', 'family', '亲属'],
  familyPhone: ['家属电话', 'familyphone', '亲属电话'],
  office: ['值班', 'office', '值班人', '社区值班'],
  officePhone: ['值班电话', 'officephone', '社区值班电话'],
  sensor: ['传感器编号', 'sensor', '传感器', 'sensorid'],
  sensorKind: ['传感器类型', 'sensorkind'],
  deadline: ['约定时间', 'deadline', '约定'],
  earliest: ['最早时间', 'earliest', '最早'],
  weekdays: ['星期', 'weekdays', '周几'],
  fromOn: ['开始日期', 'from', '起始日期', 'start'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type ColumnKey = keyof typeof COLUMNS;

/** Columns that a sheet may have several times, as 邻里1, 邻里2 or neighbour1_phone. */
const REPEATED: ReadonlySet<ColumnKey> = new Set([
  'name',
  'birthYear',
  'livesAlone',
  'hearingWeak',
  'backup',
  'backupPhone',
  'neighbour',
  'neighbourPhone',
  'family',
  'familyPhone',
  'sensor',
  'sensorKind',
]);

/** How many of a repeated column are read: as many neighbours as a home may have. A sheet that left some out would take them off. */
export const MOST_REPEATS = 20;

/** Columns without which no row can be read. */
export const REQUIRED_COLUMNS: readonly ColumnKey[] = [
  'code',
  'salutation',
  'grid',
  'building',
  'room',
  'name',
];

const KEY_OF = new Map<string, ColumnKey>(
  Object.entries(COLUMNS).flatMap(([key, names]) => names.map((name) => [name, key as ColumnKey] as const)),
);

/** The name that a column has in our own sheets. */
export const columnName = (key: ColumnKey, number = 1): string =>
  number === 1 ? COLUMNS[key][0] : `${COLUMNS[key][0]}${number}`;

/** Where a column stands: `number` counts repeated ones from 1. */
export type ColumnPlace = { key: ColumnKey; number: number };

/** The column that a header names, however it is spaced, cased or explained in brackets. */
export function readHeader(cell: Cell): ColumnPlace | undefined {
  const header = String(cell ?? '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\(.*?\)|\[.*?\]/g, '')
    .replace(/[\s_\-*:.]/g, '');
  const plain = KEY_OF.get(header);
  if (plain) return { key: plain, number: 1 };
  const digits = /[1-9]\d?/.exec(header)?.[0];
  const key = digits ? KEY_OF.get(header.replace(digits, '')) : undefined;
  const number = Number(digits);
  return key && REPEATED.has(key) && number <= MOST_REPEATS ? { key, number } : undefined;
}

/** The columns of our own sheets that some row fills, in their order: all that stand once, repeated ones as far as needed. */
export function columnsFor(filled: ReadonlySet<string>): string[] {
  return (Object.keys(COLUMNS) as ColumnKey[]).flatMap((key) => {
    const numbers = REPEATED.has(key) ? Array.from({ length: MOST_REPEATS }, (_, index) => index + 1) : [1];
    return numbers
      .map((number) => columnName(key, number))
      .filter((name, index) => index === 0 || filled.has(name));
  });
}
