import type { Language } from './language.ts';

type Allowed = Record<string, string | number>;

/** What is wrong with a cell of a register's sheet, and what would be right. Values are never repeated. */
const zh = {
  sheet_empty: () => '表里没有内容。第一行写列名，每户一行；样表见 docs/register-sample.csv',
  no_rows: () => '只有列名，没有一行住户',
  column_missing: () => '缺少这一列；样表见 docs/register-sample.csv',
  column_twice: () => '这一列出现了两次，请只留一列',
  unknown_column: () => '不认识这一列，已略过',
  missing: () => '不能为空',
  too_long: (a: Allowed) => `太长，最多 ${a.most} 个字`,
  name_too_long: (a: Allowed) => `太长，短信里放不下：最多 ${a.most} 个字（纯字母 ${a.mostLatin} 个）`,
  not_a_code: (a: Allowed) => `户号须为 ${a.least} 至 ${a.most} 位数字，例如 07`,
  code_twice: (a: Allowed) => `户号与第 ${a.otherRow} 行重复`,
  not_a_phone: () => '不是有效的电话号码；境外号码请加国家代码，例如 +44',
  not_a_mobile: () => '收不到短信的号码；被呼叫的人须有手机号',
  phone_of_two_people: (a: Allowed) => `这个号码在第 ${a.otherRow} 行属于另一个名字`,
  phone_without_name: () => '有电话而没有姓名',
  unknown_person: () => '没写电话，表里和登记册里也找不到这个人；请补上电话',
  ambiguous_person: () => '有几个同名的人；请补上电话',
  other_phone: () =>
    '登记册里有同名的人，电话不同，会另建一人；若是同一个人换了号码，请先在登记册里改电话，再导入',
  impossible_year: (a: Allowed) => `出生年须为 ${a.from} 至 ${a.to} 之间的四位年份`,
  not_yes_or_no: () => '请填“是”或“否”',
  not_a_floor: () => '楼层须为整数，例如 3 或 -1',
  unknown_home_kind: () => '住户类别须为“独居老人”“老人带孩子”或“困境儿童”',
  unreadable_time: () => '时间须为时:分，例如 08:00',
  deadline_before_earliest: (a: Allowed) => `约定时间须晚于最早时间（${a.earliest}）`,
  unreadable_weekdays: () => '请写“每天”“周一至周五”或 1-5 这样的星期',
  unreadable_date: () => '日期须为年-月-日，例如 2026-03-01',
  unknown_zone: () => '不认识这个时区；请写地区名，例如 Asia/Shanghai',
  zone_differs: (a: Allowed) => `与本社区的时区（${a.zone}）不同；一个社区只有一个时区`,
  not_a_sensor: () => '传感器编号须以字母或数字开头，只含字母、数字和 . _ -，最长 64 位',
  sensor_twice: (a: Allowed) => `传感器与第 ${a.otherRow} 行重复`,
  sensor_elsewhere: (a: Allowed) => `传感器已在 ${a.code} 号；请先在登记册里移走`,
  sensor_retired: () => '传感器已停用；请换一个编号',
  unknown_sensor_kind: () => '传感器类型须为“开合”或“位置”',
};

const en: { [K in keyof typeof zh]: (allowed: Allowed) => string } = {
  sheet_empty: () => 'the sheet is empty; the first row names the columns, see docs/register-sample.csv',
  no_rows: () => 'there are only the columns, and no row with a home',
  column_missing: () => 'this column is missing; see docs/register-sample.csv',
  column_twice: () => 'this column stands there twice; keep one',
  unknown_column: () => 'this column is not known and was left out',
  missing: () => 'must not be empty',
  too_long: (a) => `too long, at most ${a.most} characters`,
  name_too_long: (a) =>
    `too long for a text message: at most ${a.most} characters, ${a.mostLatin} if all are Latin`,
  not_a_code: (a) => `a household number has ${a.least} to ${a.most} digits, such as 07`,
  code_twice: (a) => `the same household number as in row ${a.otherRow}`,
  not_a_phone: () => 'not a phone number; outside China begin with the country code, such as +44',
  not_a_mobile: () => 'this number gets no text messages; whoever is paged needs a mobile number',
  phone_of_two_people: (a) => `in row ${a.otherRow} this number has another name`,
  phone_without_name: () => 'a phone number without a name',
  unknown_person: () =>
    'no phone number given, and nobody of this name in the file or the register; add the number',
  ambiguous_person: () => 'several people have this name; add the phone number',
  other_phone: () =>
    'same name, other phone in the register, so that a second person is made; if it is the same one, change the phone in the register first and import again',
  impossible_year: (a) => `a year of birth has four digits and lies between ${a.from} and ${a.to}`,
  not_yes_or_no: () => 'write yes or no',
  not_a_floor: () => 'a floor is a whole number, such as 3 or -1',
  unknown_home_kind: () => 'a kind of home is elder alone, elder with child, or child in hardship',
  unreadable_time: () => 'a time is hours:minutes, such as 08:00',
  deadline_before_earliest: (a) => `the deadline must be after the earliest time (${a.earliest})`,
  unreadable_weekdays: () => 'write daily, mon-fri, or days such as 1-5',
  unreadable_date: () => 'a date is year-month-day, such as 2026-03-01',
  unknown_zone: () => 'this zone is not known; write a place, such as Asia/Shanghai',
  zone_differs: (a) => `not the zone of this community (${a.zone}); a community has one`,
  not_a_sensor: () =>
    'a sensor id begins with a letter or digit and has letters, digits and . _ - only, 64 at most',
  sensor_twice: (a) => `the same sensor as in row ${a.otherRow}`,
  sensor_elsewhere: (a) => `this sensor is at number ${a.code}; move it away in the register first`,
  sensor_retired: () => 'this sensor was retired; take another id',
  unknown_sensor_kind: () => 'a sensor is of kind contact or position',
};

export const SHEET_TEXT: Record<Language, typeof en> = { 'zh-CN': zh, en };

/** What our own workbooks call their sheets, and what stands on the second: who made this. */
export const SHEET_NAMES: Record<
  Language,
  { register: string; about: string; lines: (community: string, who: string, at: string) => string[] }
> = {
  'zh-CN': {
    register: '登记册',
    about: '说明',
    lines: (community, who, at) => [
      `${community} 登记册,${at} 由 ${who} 导出`,
      '第一张表可以改了再导回来:空着的格子不改,没有列出的户不动。',
      '含个人信息,请妥善保管,用完删除。',
    ],
  },
  en: {
    register: 'Register',
    about: 'About',
    lines: (community, who, at) => [
      `Register of ${community}, exported by ${who} at ${at}`,
      'The first sheet may be changed and imported again: empty cells change nothing, homes that are not listed stay.',
      'Personal data: keep it safe, and delete it when you are done.',
    ],
  },
};
