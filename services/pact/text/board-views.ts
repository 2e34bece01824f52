/** What the board says over its homes: how they are shown and which. The Chinese is the model. */
export type ViewsText = typeof zh;

const zh = {
  label: '怎么看',
  views: { facade: '楼面', list: '列表', grid: '方格' },
  narrow: '只看哪些',
  find: '找一户',
  findHint: '户号、称呼或房号',
  grid: '网格',
  everyGrid: '全部网格',
  steward: '红管家',
  everySteward: '全部红管家',
  nobody: '还没有红管家',
  option: (name: string, count: number) => `${name}(${count})`,
  only: (what: string, count: number) => `只看:${what} · ${count} 户`,
  quoted: (text: string) => `“${text}”`,
  clear: '显示全部',
  none: '没有一户合条件。',
  listLabel: '各户',
  gridLabel: '各户,按户号',
  keys: '用方向键在各户之间移动,回车打开,Esc 关闭',
  columns: { code: '户号', place: '住处', state: '今天', steward: '红管家', heard: '最近信号' },
  sortBy: (column: string) => `按${column}排`,
  battery: (percent: number) => `电量 ${percent}%`,
};

const en: ViewsText = {
  label: 'View',
  views: { facade: 'Façade', list: 'List', grid: 'Tiles' },
  narrow: 'Which homes',
  find: 'Find a home',
  findHint: 'No., name, room',
  grid: 'Grid',
  everyGrid: 'All grids',
  steward: 'Steward',
  everySteward: 'All stewards',
  nobody: 'No steward yet',
  option: (name, count) => `${name} (${count})`,
  only: (what, count) => `Only ${what} · ${count === 1 ? '1 home' : `${count} homes`}`,
  quoted: (text) => `“${text}”`,
  clear: 'Show all',
  none: 'No home fits.',
  listLabel: 'Homes',
  gridLabel: 'Homes by number',
  keys: 'Arrow keys move between homes, Enter opens, Esc closes',
  columns: { code: 'No.', place: 'Where', state: 'Today', steward: 'Steward', heard: 'Last signal' },
  sortBy: (column) => `Sort by ${column}`,
  battery: (percent) => `Battery ${percent}%`,
};

export const VIEWS_TEXT = { 'zh-CN': zh, en };
