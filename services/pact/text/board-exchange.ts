/** What the page of import and export says. The Chinese is the model. */
export type ExchangeText = typeof zh;

const zh = {
  title: '表格',
  lead: '用您自己的 Excel 表登记。先看会改什么,再决定导入。',
  download: '下载现在的登记册',
  downloadHint: '改完可以再导回来:空着的格子不改,没有列出的户不动。含个人信息,用完请删。',
  choose: '选一个表(.xlsx 或 .csv)',
  drop: '或者把文件拖到这里',
  reading: '正在看这个表会改什么…',
  another: '换一个表',
  file: (name: string) => `表:${name}`,
  nothing: '这个表和登记册一样,没有要改的。',
  counts: { added: '新增', changed: '改动', unchanged: '不变', refused: '有错,不导入' },
  homes: (count: number) => `${count} 户`,
  rows: (count: number) => `${count} 行`,
  changesTitle: '会改这些',
  isNew: '新增',
  empty: '(空)',
  code: (code: string) => `${code}号`,
  more: (count: number) => `只列出前面的;另有 ${count} 户也会改。`,
  problemsTitle: '这些行有错,改好再导一次就行',
  problemsHint: '其余的行照常导入,不受影响。',
  warningsTitle: '请留意',
  at: (row: number, column: string) => (column ? `第 ${row} 行,${column}` : `第 ${row} 行`),
  saveProblems: '把有错的行存成表',
  unnamed: (count: number) => `登记册里另有 ${count} 户这个表没有列出,不动它们。`,
  pactsFrom: (date: string, homes: number) => `${homes} 户的约定从 ${date} 起`,
  apply: (added: number, changed: number) =>
    [added ? `新增 ${added} 户` : '', changed ? `改动 ${changed} 户` : ''].filter(Boolean).join(',') +
    ',确定导入',
  applying: '正在导入…',
  done: (added: number, changed: number) => `导入好了:新增 ${added} 户,改动 ${changed} 户`,
  imports: {
    title: '最近的导入',
    entry: (when: string, by: string | null, homes: number) => `${when}${by ? ` ${by}` : ''},${homes} 户`,
    undo: '撤销这次导入',
    undone: '已撤销',
    sure: '撤销这次导入?',
    follows: '新增的户移出登记册(还能放回),改动的格子回到导入前。导入后有人又改过的,保持现在的样子。',
    confirm: '撤销导入',
    done: '这次导入已撤销',
    left: (count: number) => `有 ${count} 处在导入后又改过,或别处正用着,没有动它们。`,
  },
  keepFirst: '导入前会先把现在的登记册存一份到您的电脑。',
  credentials: '新传感器的口令只显示这一次',
  saveCredentials: '存成表',
  credentialHeader: ['户号', '传感器', '口令', '主题'],
  stale: '登记册刚刚有人改过。已经重新看了一遍,请再核对。',
};

const en: ExchangeText = {
  title: 'Sheet',
  lead: 'Register with your own spreadsheet. First see what it changes, then decide.',
  download: 'Download the register',
  downloadHint:
    'It may be changed and imported again: empty cells change nothing, homes that are not listed stay. Personal data: delete it when done.',
  choose: 'Choose a sheet (.xlsx or .csv)',
  drop: 'or drop a file here',
  reading: 'Looking what this sheet changes…',
  another: 'Another sheet',
  file: (name) => `Sheet: ${name}`,
  nothing: 'This sheet says what the register says: nothing to change.',
  counts: { added: 'New', changed: 'Changed', unchanged: 'Unchanged', refused: 'Wrong, left out' },
  homes: (count) => (count === 1 ? '1 home' : `${count} homes`),
  rows: (count) => (count === 1 ? '1 row' : `${count} rows`),
  changesTitle: 'This will change',
  isNew: 'new',
  empty: '(empty)',
  code: (code) => `No. ${code}`,
  more: (count) =>
    `Only the first are listed; ${count === 1 ? '1 more home changes' : `${count} more homes change`} too.`,
  problemsTitle: 'These rows are wrong; mend them and import once more',
  problemsHint: 'All other rows are imported as they are.',
  warningsTitle: 'Please note',
  at: (row, column) => (column ? `Row ${row}, ${column}` : `Row ${row}`),
  saveProblems: 'Save the wrong rows as a sheet',
  unnamed: (count) =>
    `The register has ${count === 1 ? '1 more home' : `${count} more homes`} that this sheet does not name; nothing changes there.`,
  pactsFrom: (date, homes) =>
    `${homes === 1 ? 'The pact of 1 home counts' : `The pacts of ${homes} homes count`} from ${date}`,
  apply: (added, changed) =>
    `Import: ${[added ? `${added} new` : '', changed ? `${changed} changed` : ''].filter(Boolean).join(', ')}`,
  applying: 'Importing…',
  done: (added, changed) => `Imported: ${added} new, ${changed} changed`,
  imports: {
    title: 'The last imports',
    entry: (when, by, homes) => `${when}${by ? ` ${by}` : ''}, ${homes === 1 ? '1 home' : `${homes} homes`}`,
    undo: 'Take this import back',
    undone: 'taken back',
    sure: 'Take this import back?',
    follows:
      'New homes leave the register (and can be brought back), changed cells are as before. What somebody has changed since stays as it is.',
    confirm: 'Take it back',
    done: 'The import was taken back',
    left: (count) =>
      `${count === 1 ? '1 thing was' : `${count} things were`} changed since or ${count === 1 ? 'is' : 'are'} needed elsewhere, and stayed.`,
  },
  keepFirst: 'The register as it is now is first saved to your computer.',
  credentials: 'The secrets of new sensors, shown this once',
  saveCredentials: 'Save as a sheet',
  credentialHeader: ['household', 'sensor', 'secret', 'topic'],
  stale: 'Somebody has just changed the register. It was looked at again: please check.',
};

export const EXCHANGE_TEXT = { 'zh-CN': zh, en };
