import type { LedgerColumn } from '../pact-day.ts';
import type { MissReason } from '../verdict.ts';
import type { Language } from './language.ts';

/** The parts of the service that a process can run alone. */
type PartName = 'broker' | 'rules' | 'escalation' | 'api';

/** What the demo tells in the terminal while the morning goes by. Times stand in front of each line. */
export type Narration = {
  title: (p: { homes: number; stewards: number; speed: number; seed: number }) => string;
  preparing: string;
  boardAt: (p: { url: string }) => string;
  signIn: (p: { username: string; password: string }) => string;
  /** Where the people's phones can be looked at and answered by hand. */
  phonesAt: (p: { url: string }) => string;
  howToEnd: string;
  ready: (p: { sensors: number; withoutSensor: number; onLeave: number }) => string;
  /** Of them, devices of other makers, and by how many sources they are heard. */
  makers: (p: { devices: number; sources: number }) => string;
  /** The service runs in several processes, so many of each kind. */
  processes: (p: { count: number; kinds: readonly PartName[] }) => string;
  /** One process of each kind is gone without a word. */
  killed: (p: { kinds: readonly PartName[]; living: number }) => string;
  startedAgain: (p: { kinds: readonly PartName[]; living: number }) => string;
  home: (code: string) => string;
  drewCurtain: string;
  drewCurtainLate: string;
  /** A report that its gateway had held back. */
  drewCurtainBefore: (p: { at: string }) => string;
  sensorNeedsVisit: string;
  swept: (p: { kept: number; missed: number; excused: number }) => string;
  reason: Record<MissReason, string>;
  paged: (p: { people: readonly string[] }) => string;
  called: (p: { people: readonly string[] }) => string;
  /** A page did not arrive; why, in the word that stands with it. */
  lost: (p: { person: string; call: boolean }) => string;
  notice: (p: { person: string; text: string }) => string;
  person: (p: { name: string; kind: string | null }) => string;
  replied: (p: { person: string; text: string }) => string;
  answered: (p: { person: string }) => string;
  setOut: (p: { person: string }) => string;
  cannotGo: (p: { person: string }) => string;
  promiseExpired: (p: { person: string }) => string;
  emergency: (p: { person: string }) => string;
  outcome: (p: { outcome: string; person: string | null }) => string;
  closedBySignal: string;
  stoodDown: (p: { people: number }) => string;
  over: string;
  ledger: Record<LedgerColumn | 'enrolled', string>;
  stillOpen: (p: { codes: readonly string[] }) => string;
  violations: (p: { count: number }) => string;
  noViolations: string;
  goodbye: string;
  /** What the demo's stewards write when they do not keep to the digits. */
  peoplesWords: { cannotGo: string; nonsense: string };
};

const OUTCOMES: Record<Language, Record<string, string>> = {
  'zh-CN': { safe: '人平安', helped: '已帮忙，平安', hospital: '已送医', away: '人不在家', died: '已去世' },
  en: {
    safe: 'safe',
    helped: 'helped, safe now',
    hospital: 'taken to hospital',
    away: 'not at home',
    died: 'died',
  },
};

const KINDS: Record<Language, Record<string, string>> = {
  'zh-CN': { steward: '红管家', neighbour: '邻里', office: '社区', family: '家属' },
  en: { steward: 'steward', neighbour: 'neighbour', office: 'office', family: 'family' },
};

const PARTS: Record<Language, Record<PartName, string>> = {
  'zh-CN': { broker: '传感器接入', rules: '规则', escalation: '呼叫', api: '看板接口' },
  en: { broker: 'broker', rules: 'rules', escalation: 'escalation', api: 'api' },
};
const namesOf = (language: Language, kinds: readonly PartName[]) =>
  kinds.map((kind) => PARTS[language][kind]);

const zh: Narration = {
  title: ({ homes, stewards, speed, seed }) =>
    `窗帘之约 · 一个早晨：${homes} 户，${stewards} 位红管家，${speed} 倍速，种子 ${seed}`,
  preparing: '正在准备数据库、登记表和传感器……',
  boardAt: ({ url }) => `看板    ${url}`,
  signIn: ({ username, password }) => `登录    用户名 ${username}   密码 ${password}`,
  phonesAt: ({ url }) => `手机    ${url}`,
  howToEnd: '按 Ctrl-C 结束',
  ready: ({ sensors, withoutSensor, onLeave }) =>
    `${sensors} 个传感器已连上；${withoutSensor} 户没有传感器，${onLeave} 户外出报备`,
  makers: ({ devices, sources }) => `其中 ${devices} 个是其他厂家的设备，经 ${sources} 个来源接入`,
  processes: ({ count, kinds }) =>
    `服务分在 ${count} 个进程里：${namesOf('zh-CN', kinds).join('、')}，每种 ${count / kinds.length} 个，共用一个 PostgreSQL 和一个 Redis`,
  killed: ({ kinds, living }) =>
    `强行结束（SIGKILL）${namesOf('zh-CN', kinds).join('、')}进程各一个，还剩 ${living} 个接着干`,
  startedAgain: ({ kinds, living }) =>
    `${namesOf('zh-CN', kinds).join('、')}进程各补上一个，又是 ${living} 个了`,
  home: (code) => `${code}号`,
  drewCurtain: '拉帘',
  drewCurtainLate: '迟到拉帘',
  drewCurtainBefore: ({ at }) => `其实 ${at} 已拉帘，消息刚到`,
  sensorNeedsVisit: '传感器需要检修',
  swept: ({ kept, missed, excused }) => `到点清点：${kept} 户已拉帘，${missed} 户未拉帘，${excused} 户外出`,
  reason: {
    no_signal: '窗帘没有拉开',
    left_open: '从昨天一直开着，今天没有动过',
    sensor_silent: '传感器失联，不知是否平安',
    never_reported: '传感器从未报到，不知是否平安',
    not_seen: '没有传感器，今天还没有人见到',
  },
  paged: ({ people }) => `短信呼叫 ${people.join('、')}`,
  called: ({ people }) => `电话呼叫 ${people.join('、')}`,
  lost: ({ person, call }) => (call ? `${person} 没有接电话` : `给 ${person} 的短信没有送到`),
  notice: ({ person, text }) => `${person} 收到「${text}」`,
  person: ({ name, kind }) => (kind && KINDS['zh-CN'][kind] ? `${KINDS['zh-CN'][kind]} ${name}` : name),
  replied: ({ person, text }) => `${person} 回复「${text}」`,
  answered: ({ person }) => `没看懂，把回复办法发给了 ${person}`,
  setOut: ({ person }) => `${person} 出发了`,
  cannotGo: ({ person }) => `${person} 去不了，马上叫下一位`,
  promiseExpired: ({ person }) => `${person} 还没有消息，继续往下叫`,
  emergency: ({ person }) => `${person} 报急救，所有人一起呼叫`,
  outcome: ({ outcome, person }) =>
    `上门结果：${OUTCOMES['zh-CN'][outcome] ?? outcome}${person ? `（${person}）` : ''}`,
  closedBySignal: '平安，预警解除',
  stoodDown: ({ people }) => `通知 ${people} 人不用再去`,
  over: '早晨过去了。今天的台账：',
  ledger: {
    enrolled: '立约',
    kept: '按时',
    kept_late: '迟到',
    visited: '已上门',
    excused: '外出',
    unresolved: '未解决',
  },
  stillOpen: ({ codes }) =>
    `${codes.map((code) => `${code}号`).join('、')} 还没有人应答：打开手机那一页,替红管家回一条短信试试。时钟现在按正常速度走。`,
  violations: ({ count }) => `有 ${count} 条不变式没有守住：`,
  noViolations: '所有不变式都守住了。',
  goodbye: '正在收拾……',
  peoplesWords: { cannotGo: '去不了', nonsense: '今天天气不错' },
};

const en: Narration = {
  title: ({ homes, stewards, speed, seed }) =>
    `Curtain Pact · one morning: ${homes} homes, ${stewards} stewards, ${speed}× speed, seed ${seed}`,
  preparing: 'Preparing the database, the register and the sensors …',
  boardAt: ({ url }) => `board     ${url}`,
  signIn: ({ username, password }) => `sign in   user ${username}   password ${password}`,
  phonesAt: ({ url }) => `phones    ${url}`,
  howToEnd: 'Ctrl-C ends it',
  ready: ({ sensors, withoutSensor, onLeave }) =>
    `${sensors} sensors connected; ${withoutSensor} home without a sensor, ${onLeave} on leave`,
  makers: ({ devices, sources }) =>
    `${devices} of them are devices of other makers, heard by ${sources} sources`,
  processes: ({ count, kinds }) =>
    `the service runs in ${count} processes, ${count / kinds.length} each of ${namesOf('en', kinds).join(', ')}, over one PostgreSQL and one Redis`,
  killed: ({ kinds, living }) =>
    `one process each of ${namesOf('en', kinds).join(', ')} is killed (SIGKILL); ${living} go on`,
  startedAgain: ({ kinds, living }) =>
    `one process each of ${namesOf('en', kinds).join(', ')} is started again; ${living} are at work`,
  home: (code) => `No. ${code}`,
  drewCurtain: 'drew the curtain',
  drewCurtainLate: 'drew the curtain late',
  drewCurtainBefore: ({ at }) => `had drawn the curtain at ${at}; the report has only just come in`,
  sensorNeedsVisit: 'the sensor needs a visit',
  swept: ({ kept, missed, excused }) =>
    `deadline: ${kept} curtains drawn, ${missed} not, ${excused} on leave`,
  reason: {
    no_signal: 'the curtain was not drawn',
    left_open: 'open since yesterday and not touched today',
    sensor_silent: 'the sensor is silent; nobody knows',
    never_reported: 'the sensor has never reported; nobody knows',
    not_seen: 'no sensor, and nobody has seen them today',
  },
  paged: ({ people }) => `SMS to ${people.join(', ')}`,
  called: ({ people }) => `calling ${people.join(', ')}`,
  lost: ({ person, call }) =>
    call ? `${person} does not answer the call` : `the SMS to ${person} did not arrive`,
  notice: ({ person, text }) => `${person} reads “${text}”`,
  person: ({ name, kind }) => (kind && KINDS.en[kind] ? `${KINDS.en[kind]} ${name}` : name),
  replied: ({ person, text }) => `${person} answers “${text}”`,
  answered: ({ person }) => `not understood; ${person} is told how to answer`,
  setOut: ({ person }) => `${person} is on the way`,
  cannotGo: ({ person }) => `${person} cannot go; the next one is called at once`,
  promiseExpired: ({ person }) => `no word from ${person}; calling further`,
  emergency: ({ person }) => `${person} calls an emergency; everybody is called`,
  outcome: ({ outcome, person }) =>
    `outcome of the visit: ${OUTCOMES.en[outcome] ?? outcome}${person ? ` (${person})` : ''}`,
  closedBySignal: 'all is well, the alert is over',
  stoodDown: ({ people }) => `${people} ${people === 1 ? 'person is' : 'people are'} told not to go`,
  over: 'The morning is over. Today’s ledger:',
  ledger: {
    enrolled: 'enrolled',
    kept: 'kept',
    kept_late: 'kept late',
    visited: 'visited',
    excused: 'excused',
    unresolved: 'unresolved',
  },
  stillOpen: ({ codes }) =>
    `Nobody has answered for ${codes.map((code) => `No. ${code}`).join(', ')}: answer on the page of the phones as if you were a steward. The clock now runs at its normal pace.`,
  violations: ({ count }) => `${count} invariants did not hold:`,
  noViolations: 'All invariants held.',
  goodbye: 'Tidying up …',
  peoplesWords: { cannotGo: 'cannot go', nonsense: 'Lovely weather today' },
};

export const NARRATION: Record<Language, Narration> = { 'zh-CN': zh, en };
