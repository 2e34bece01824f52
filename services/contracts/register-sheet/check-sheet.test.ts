import { expect, test } from 'vitest';
import { checkSheet } from './check-sheet.ts';
import type { Cell, KnownRegister, SheetReason } from './sheet.ts';

const EMPTY: KnownRegister = { communities: [], people: [], pacts: [], sensors: [] };

const GOOD: Record<string, Cell> = {
  户号: '07',
  称呼: '王奶奶',
  社区: '示范社区',
  网格: '第一网格',
  楼栋: '3',
  房号: '502',
  姓名: '王桂兰',
  红管家: '赵红梅',
  红管家电话: '13903910001',
};

/** A sheet of rows that say the same as the good one, but for what each of them changes. */
function check(rows: readonly Record<string, Cell>[], known: Partial<KnownRegister> = {}) {
  const columns = [...new Set([...Object.keys(GOOD), ...rows.flatMap(Object.keys)])];
  const cells = rows.map((row, index) => ({
    row: index + 2,
    cells: columns.map((column) => ({ ...GOOD, ...row })[column] ?? null),
  }));
  return checkSheet([{ row: 1, cells: columns }, ...cells], {
    thisYear: 2026,
    known: { ...EMPTY, ...known },
  });
}

const refusals = (checked: ReturnType<typeof check>) =>
  checked.problems.map(({ row, column, reason }) => [row, column, reason]);

test('reads a home with its elder and its steward', () => {
  const { draft, problems } = check([{}]);
  expect(problems).toEqual([]);
  expect(draft).toEqual({
    communities: [{ name: '示范社区' }],
    people: [{ community: '示范社区', kind: 'steward', name: '赵红梅', phone: '+8613903910001' }],
    households: [
      {
        row: 2,
        community: '示范社区',
        grid: '第一网格',
        code: '07',
        salutation: '王奶奶',
        building: '3',
        room: '502',
        residents: [{ name: '王桂兰' }],
        assignments: [{ role: 'primary', kind: 'steward', phone: '+8613903910001' }],
        sensors: [],
        pact: {},
      },
    ],
  });
});

const refused: [why: string, row: Record<string, Cell>, column: string, reason: SheetReason][] = [
  ['a home without a number', { 户号: '' }, '户号', 'missing'],
  ['a number of five digits', { 户号: '12345' }, '户号', 'not_a_code'],
  ['a number with letters', { 户号: 'A7' }, '户号', 'not_a_code'],
  ['a home that nobody lives in', { 姓名: '' }, '姓名', 'missing'],
  [
    'a name for the elder that no text message could carry',
    { 称呼: '住在三楼的王奶奶' },
    '称呼',
    'name_too_long',
  ],
  ['a building that no text message could carry', { 楼栋: '中山花园小区' + '三栋' }, '楼栋', 'too_long'],
  ['a year of birth in the future', { 出生年: '2031' }, '出生年', 'impossible_year'],
  ['an elder of 130 years', { 出生年: 1896 }, '出生年', 'impossible_year'],
  ['a year of two digits', { 出生年: '41' }, '出生年', 'impossible_year'],
  ['a phone that no network would take', { 电话: '12345' }, '电话', 'not_a_phone'],
  ['a mobile number with a digit missing', { 红管家电话: '1390391000' }, '红管家电话', 'not_a_phone'],
  ['a steward who could never read a page', { 红管家电话: '0391-3569001' }, '红管家电话', 'not_a_mobile'],
  ['a phone that belongs to nobody', { 红管家: '' }, '红管家', 'phone_without_name'],
  ['a time with 25 hours', { 约定时间: '25:00' }, '约定时间', 'unreadable_time'],
  ['a time in words', { 约定时间: '早上' }, '约定时间', 'unreadable_time'],
  ['a deadline before anybody may be up', { 约定时间: '03:30' }, '约定时间', 'deadline_before_earliest'],
  ['an earliest time after the deadline', { 最早时间: '9:00' }, '最早时间', 'deadline_before_earliest'],
  ['a day of the week that is none', { 星期: '1-8' }, '星期', 'unreadable_weekdays'],
  ['a date that the calendar lacks', { 开始日期: '2026-02-30' }, '开始日期', 'unreadable_date'],
  ['a zone that nobody knows', { 时区: 'Asia/Jiaozuo' }, '时区', 'unknown_zone'],
  ['a zone without summer time rules', { 时区: '+08:00' }, '时区', 'unknown_zone'],
  ['a street without its district', { 街道: '焦北街道' }, '区', 'missing'],
  ['an answer that is neither yes nor no', { 独居: '也许' }, '独居', 'not_yes_or_no'],
  ['a sensor id that would escape its topic', { 传感器编号: 'a/#' }, '传感器编号', 'not_a_sensor'],
];

for (const [why, row, column, reason] of refused) {
  test(`refuses ${why}, by row and column`, () => {
    const checked = check([{}, { 户号: '08', ...row }]);
    expect(refusals(checked)).toEqual([[3, column, reason]]);
    expect(checked.draft.households.map(({ code }) => code)).toEqual(['07']);
  });
}

test('refuses both rows with one household number, because nobody can tell which is right', () => {
  const checked = check([{}, { 户号: '08' }, { 户号: 7 }]);
  expect(checked.problems).toEqual([
    { row: 2, column: '户号', reason: 'code_twice', allowed: { otherRow: 4 } },
    { row: 4, column: '户号', reason: 'code_twice', allowed: { otherRow: 2 } },
  ]);
});

test('finds a steward named without a number in another row, else in the register', () => {
  const people = [
    { community: '示范社区', kind: 'steward', name: '钱建国', phone: '+8613903910002' },
  ] as const;
  const { draft, problems } = check(
    [{}, { 户号: '08', 红管家电话: '' }, { 户号: '09', 红管家: '钱建国', 红管家电话: '' }],
    { people },
  );
  expect(problems).toEqual([]);
  expect(draft.households.map((home) => home.assignments[0]?.phone)).toEqual([
    '+8613903910001',
    '+8613903910001',
    '+8613903910002',
  ]);
});

test('refuses a steward whom neither the file nor the register knows', () => {
  expect(refusals(check([{ 红管家: '无名氏', 红管家电话: '' }]))).toEqual([[2, '红管家', 'unknown_person']]);
});

test('refuses a name without a number that two stewards have', () => {
  const checked = check([{}, { 户号: '08', 红管家电话: '13903910002' }, { 户号: '09', 红管家电话: '' }]);
  expect(refusals(checked)).toEqual([[4, '红管家', 'ambiguous_person']]);
});

test('refuses a number that has another name in an earlier row', () => {
  const checked = check([{}, { 户号: '08', 红管家: '赵红' }]);
  expect(checked.problems).toEqual([
    { row: 3, column: '红管家电话', reason: 'phone_of_two_people', allowed: { otherRow: 2 } },
  ]);
});

test('refuses a sensor that is named twice, hangs elsewhere, or was retired', () => {
  const sensors = [
    { id: 'moved', community: '示范社区', code: '31', retired: false },
    { id: 'old', community: null, code: null, retired: true },
    { id: 'here', community: '示范社区', code: '10', retired: false },
    { id: 'spare', community: null, code: null, retired: false },
  ];
  const rows = ['new', 'new', 'moved', 'old'].map((id, index) => ({ 户号: `0${index + 1}`, 传感器编号: id }));
  const more = [
    { 户号: '10', 传感器编号: 'here' },
    { 户号: '11', 传感器编号: 'spare' },
  ];
  expect(refusals(check([...rows, ...more], { sensors }))).toEqual([
    [3, '传感器编号', 'sensor_twice'],
    [4, '传感器编号', 'sensor_elsewhere'],
    [5, '传感器编号', 'sensor_retired'],
  ]);
});

test('refuses to move a community to another zone', () => {
  const communities = [{ name: '示范社区', timeZone: 'Asia/Shanghai' }];
  expect(refusals(check([{ 时区: 'Europe/London' }], { communities }))).toEqual([
    [2, '时区', 'zone_differs'],
  ]);
});

test('weighs a new deadline against the earliest time that the register holds', () => {
  const pacts = [{ community: '示范社区', code: '07', deadline: '10:00', earliest: '07:00', deadlines: {} }];
  expect(check([{ 约定时间: '06:30' }], { pacts }).problems).toEqual([
    { row: 2, column: '约定时间', reason: 'deadline_before_earliest', allowed: { earliest: '07:00' } },
  ]);
});

test('tells every problem of a row at once', () => {
  const checked = check([{ 户号: 'x', 出生年: '1', 红管家电话: '1', 约定时间: 'x' }]);
  expect(checked.problems.map(({ reason }) => reason).sort()).toEqual(
    ['impossible_year', 'not_a_code', 'not_a_phone', 'unreadable_time'].sort(),
  );
});

test('takes what spreadsheets make of numbers, times and dates', () => {
  const { draft, problems } = check([
    {
      户号: 7,
      电话: 13903910207,
      出生年: 1941,
      约定时间: 0.3125,
      最早时间: new Date(Date.UTC(1899, 11, 30, 5, 0)),
      开始日期: new Date(Date.UTC(2026, 2, 1)),
      星期: 135,
      楼层: '3层',
      听力弱: '是',
    },
  ]);
  expect(problems).toEqual([]);
  expect(draft.households[0]).toMatchObject({
    code: '07',
    phone: '+8613903910207',
    floor: 3,
    residents: [{ birthYear: 1941, hearingWeak: true }],
    pact: { deadline: '07:30', earliest: '05:00', weekdays: [1, 3, 5], fromOn: '2026-03-01' },
  });
});

test('takes the kind of a home as people say it, and leaves it as it is where nothing is said', () => {
  const kinds: [Cell, string | undefined][] = [
    ['独居老人', 'elder_alone'],
    ['隔代抚养', 'elder_with_child'],
    ['困境儿童', 'child_in_hardship'],
    ['Child in hardship', 'child_in_hardship'],
    ['', undefined],
  ];
  for (const [cell, kind] of kinds) {
    expect(check([{ 住户类别: cell }]).draft.households[0]?.kind, String(cell)).toBe(kind);
  }
  expect(check([{ 住户类别: '城堡' }]).problems).toMatchObject([
    { column: '住户类别', reason: 'unknown_home_kind' },
  ]);
});

test('takes times and days as people write them', () => {
  const times: [Cell, string][] = [
    ['８：００', '08:00'],
    ['8点', '08:00'],
    ['7点半', '07:30'],
    ['7时45分', '07:45'],
    ['8:00:00', '08:00'],
  ];
  const days: [Cell, number[]][] = [
    ['周一至周五', [1, 2, 3, 4, 5]],
    ['一三五', [1, 3, 5]],
    ['周六、周日', [6, 7]],
    ['mon-fri', [1, 2, 3, 4, 5]],
    ['每天', [1, 2, 3, 4, 5, 6, 7]],
  ];
  for (const [cell, time] of times) {
    expect(check([{ 约定时间: cell }]).draft.households[0]?.pact.deadline, String(cell)).toBe(time);
  }
  for (const [cell, weekdays] of days) {
    expect(check([{ 星期: cell }]).draft.households[0]?.pact.weekdays, String(cell)).toEqual(weekdays);
  }
});

test('takes English column names, several neighbours, and numbers from abroad', () => {
  const sheet: [string, Cell][] = [
    ['Code', '12'],
    ['Salutation', 'Mrs Whitfield'],
    ['Grid', 'North'],
    ['Building', '4'],
    ['Room', '2B'],
    ['Name', 'Edith Whitfield'],
    ['Neighbour 1', 'Tom Baker'],
    ['Neighbour 1 phone', '+44 7400 123456'],
    ['Neighbour2', 'Ann Cole'],
    ['Neighbour2_phone', '+44 7400 123457'],
    ['Weekdays', 'daily'],
  ];
  const checked = checkSheet(
    [
      { row: 1, cells: sheet.map(([name]) => name) },
      { row: 2, cells: sheet.map(([, cell]) => cell) },
    ],
    { community: 'Elm Road', thisYear: 2026, known: EMPTY },
  );
  expect(checked.problems).toEqual([]);
  expect(checked.draft.households[0]?.assignments.map(({ phone }) => phone)).toEqual([
    '+447400123456',
    '+447400123457',
  ]);
});

test('warns of columns that it does not know, and reads the rest', () => {
  const checked = check([{ 血型: 'A' }]);
  expect(checked.warnings).toEqual([{ row: 1, column: '血型', reason: 'unknown_column' }]);
  expect(checked.draft.households).toHaveLength(1);
});

test('names every column that is missing or stands there twice', () => {
  const header = { row: 1, cells: ['户号', 'code', '称呼', '网格', '房号', '姓名'] };
  const checked = checkSheet([header], { thisYear: 2026, known: EMPTY });
  expect(checked.problems).toEqual([
    { row: 1, column: 'code', reason: 'column_twice' },
    { row: 1, column: '楼栋', reason: 'column_missing' },
    { row: 1, column: '社区', reason: 'column_missing' },
  ]);
});

test('warns where somebody of the register would be made a second time with another number', () => {
  const known = {
    people: [
      { community: '示范社区', kind: 'steward' as const, name: '赵红梅', phone: '+8613903910099' },
      { community: '别的社区', kind: 'neighbour' as const, name: '孙阿姨', phone: '+8613903910098' },
    ],
  };
  const neighbour = { 邻里1: '孙阿姨', 邻里1电话: '13903910002' };
  const checked = check([{}, { 户号: '08', 红管家电话: '' }, { 户号: '09', ...neighbour }], known);
  expect(checked.problems).toEqual([]);
  expect(checked.warnings).toEqual([{ row: 2, column: '红管家电话', reason: 'other_phone' }]);
  const same = check([{ 红管家电话: '13903910099' }], known);
  expect(same.warnings).toEqual([]);
});

test('says that a sheet with only its columns has no rows', () => {
  const checked = checkSheet([{ row: 1, cells: Object.keys(GOOD) }], { thisYear: 2026, known: EMPTY });
  expect(checked.problems).toEqual([{ row: 1, column: '', reason: 'no_rows' }]);
});

test('says that an empty sheet is empty', () => {
  const checked = checkSheet([{ row: 1, cells: [null, ''] }], { thisYear: 2026, known: EMPTY });
  expect(checked.problems.map(({ reason }) => reason)).toEqual(['sheet_empty']);
});

test('keeps the row numbers of the sheet where rows are left empty', () => {
  const header = Object.keys(GOOD);
  const row = header.map((name) => GOOD[name] ?? null);
  const bad = header.map((name) => (name === '户号' ? 'x' : (GOOD[name] ?? null)));
  const checked = checkSheet(
    [
      { row: 1, cells: header },
      { row: 2, cells: header.map(() => null) },
      { row: 3, cells: row },
      { row: 4, cells: bad },
    ],
    { thisYear: 2026, known: EMPTY },
  );
  expect(refusals(checked)).toEqual([[4, '户号', 'not_a_code']]);
  expect(checked.rows).toBe(2);
});
