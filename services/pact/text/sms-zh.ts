import type { Outcome } from '../alert.ts';
import type { ReplyAction } from '../reply.ts';
import { digitOf, isSensorMute, offeredActions } from './reply-codes.ts';
import type { PageDetail, PageInput, SmsCatalogue, SmsHome } from './sms.ts';

export const SIGNATURE_ZH = '【窗帘之约】';
const SIGNATURE = SIGNATURE_ZH;

const ACTIONS: Record<ReplyAction, string> = {
  acknowledge: '出发',
  safe: '平安',
  emergency: '急救',
  cannot_go: '去不了',
  sensor: '换设备',
  arrive: '到了',
};

export const SMS_ZH: SmsCatalogue = {
  place: ({ building, unit, room }) =>
    `${withWord(building, '栋')}${unit ? withWord(unit, '单元') : ''}${room}`,

  page(input, detail) {
    const who = whoOf(input.home, detail);
    const phone = detail.phone && input.home.phone ? `,${localPhone(input.home.phone)}` : '';
    const round = roundOf(input.step);
    const codes = codesOf(input, detail);
    if (input.emergency) {
      const entry = detail.entry && input.entry ? `${input.entry}。` : '';
      return `${SIGNATURE}${round}急救:${who}${phone}。${entry}请拨${input.emergencyNumber}并速去。${codes}`;
    }
    const ask = detail.ask ? askOf(input) : '';
    return `${SIGNATURE}${round}${headOf(input, detail)}:${who}${phone}。${unknownOf(input, detail)}${ask}${codes}`;
  },

  list({ homes, step }) {
    const head = `${SIGNATURE}${roundOf(step)}${homes.length}户未见平安`;
    const codes = homes.map(({ code }) => code).join('、');
    const places = homes.map(({ code, place }) => `${code}号${place}`).join('、');
    return [
      `${head},请按序当面看人:${places}。回户号加1出发2平安3急救4去不了`,
      `${head},请按序看人:${codes}。回户号加1出发2平安3急救4去不了`,
      `${head}:${codes}。回户号加1出发2平安3急救`,
    ];
  },

  standDown: {
    safe: ({ home, at }) => standDown(home, STAND_DOWN_ZH.safe(at)),
    helped: ({ home, at }) => standDown(home, STAND_DOWN_ZH.helped(at)),
    hospital: ({ home, at }) => standDown(home, STAND_DOWN_ZH.hospital(at)),
    away: ({ home, at }) => standDown(home, STAND_DOWN_ZH.away(at)),
    died: ({ home, at }) => standDown(home, STAND_DOWN_ZH.died(at)),
    signal: ({ home, at }) => standDown(home, STAND_DOWN_ZH.signal(at)),
  },

  answer: {
    acknowledged: ({ code, minutes, link }) => {
      const plain = `${SIGNATURE}已记:您去${code}号。${minutes ? `请${minutes}分钟内报结果,逾时另请人。` : '到后请报结果。'}回${code}2平安${code}3急救${code}4去不了`;
      if (!link) return [plain];
      const within = minutes ? `${minutes}分钟内` : '';
      const head = `${SIGNATURE}已记:您去${code}号。`;
      return [`${head}${within}到门口、报结果:${link}`, `${head}报结果:${link}`, plain];
    },
    arrived: ({ code, minutes, emergencyNumber }) => [
      `${SIGNATURE}已记:您到${code}号门口了。见到人请回${code}2平安${code}3急救;敲不开门请拨${emergencyNumber}。${minutes}分钟内请报。`,
      `${SIGNATURE}已记:您到${code}号了。请回${code}2平安${code}3急救,${minutes}分钟内。`,
    ],
    already_taken: ({ code, by }) => [
      `${SIGNATURE}${code}号${by ? `${by}已在路上` : '已有人在路上'},您不用去。谢谢!`,
    ],
    outcome_recorded: ({ code }) => [`${SIGNATURE}已记:${code}号平安。谢谢!其他人不用再去,由我们通知。`],
    passed: ({ code }) => [`${SIGNATURE}已记:您去不了${code}号。我们继续找人去。`],
    emergency_called: ({ code, emergencyNumber }) => [
      `${SIGNATURE}${code}号急救已通知所有人。请马上拨${emergencyNumber},陪在老人身边。确认平安后回${code}2`,
    ],
    sensor_ticket: ({ code }) => [
      `${SIGNATURE}已记:${code}号设备要上门处理。人若还没见到,见后请回${code}2平安${code}3急救`,
    ],
    closed: ({ code, emergencyNumber }) => [
      `${SIGNATURE}${code}号这次已解除,不用再去,您的回复没有记入。如有急情请拨${emergencyNumber}。`,
    ],
    not_understood: ({ code = '07' }) => [
      `${SIGNATURE}没看懂,未作改动。请回门号加数字:${code}1出发${code}2平安${code}3急救${code}4去不了`,
    ],
    several_open: ({ codes }) => [
      `${SIGNATURE}您有${codes.length}户待查:${codes.join('、')}。未作改动,请回门号加数字,如${codes[0] ?? '07'}1出发`,
      `${SIGNATURE}您有${codes.length}户待查,未作改动。请回门号加数字,如${codes[0] ?? '07'}1出发`,
    ],
    unknown_number: () => [
      `${SIGNATURE}没找到呼叫过您的这个门号,未作改动。请照短信里的门号回,如071出发072平安`,
    ],
    no_open_alert: ({ emergencyNumber }) => [
      `${SIGNATURE}现在没有等您回复的住户,未作改动。如有急情请拨${emergencyNumber}。`,
    ],
    stranger: () => [`${SIGNATURE}您的号码没有登记,回复没有记入。请联系社区办公室;如有急情请拨120。`],
  },
};

/** What is known of a home when people are stood down. */
export const STAND_DOWN_ZH: Record<Outcome | 'signal', (at: string) => string> = {
  safe: (at) => `${at}已当面确认平安`,
  helped: (at) => `${at}已有人到场照料`,
  hospital: (at) => `${at}已有人到场照料`,
  away: (at) => `${at}已核实情况`,
  died: (at) => `${at}已有人到场`,
  signal: (at) => `${at}已拉帘`,
};

const standDown = (home: SmsHome, what: string) =>
  `${SIGNATURE}${home.code}号${home.salutation}${what}。其他人不用再去。`;

const whoOf = (home: SmsHome, detail: PageDetail) =>
  `${home.code}号${detail.salutation ? home.salutation : ''}${home.place}`;

/** Later rounds say so, which also keeps networks from taking them for copies. */
export const roundOf = (step: number) => (step > 0 ? `第${step + 1}轮,` : '');

/** Why somebody is to go. */
export function headOf({ reason, deadline }: PageInput, detail: Pick<PageDetail, 'extra'>): string {
  switch (reason) {
    case 'no_signal':
      return `${deadline}未拉帘`;
    case 'left_open':
      return detail.extra ? `帘昨起一直开着,${deadline}前无动静` : `${deadline}帘一直开着`;
    case 'sensor_silent':
      return '设备失联';
    case 'never_reported':
      return '设备未报到';
    case 'not_seen':
      return `${deadline}未见到人`;
    default:
      return reason satisfies never;
  }
}

/** That nobody can tell how the elder is, where that is so. */
export function unknownOf({ reason, silentSince }: PageInput, detail: Pick<PageDetail, 'extra'>): string {
  if (!isSensorMute(reason)) return '';
  const since = detail.extra && reason === 'sensor_silent' && silentSince ? `${silentSince}起无信号,` : '';
  return `${since}不知是否平安。`;
}

function askOf({ role, reason }: PageInput): string {
  switch (role) {
    case 'primary':
      return isSensorMute(reason) || reason === 'not_seen' ? '请当面看人。' : '请即上门。';
    case 'backup':
      return '尚无人确认,请您替去。';
    case 'neighbour':
      return '邻里帮忙,先回先去。';
    case 'office':
      return '尚无人确认,请社区派人。';
    case 'family':
      return '已派人去,请保持电话畅通。';
    default:
      return role satisfies never;
  }
}

function codesOf(input: PageInput, detail: PageDetail): string {
  const { code } = input.home;
  const each = offeredActions(input, detail).map((action) => `${digitOf(action)}${ACTIONS[action]}`);
  return detail.codes === 'each'
    ? `回${each.map((entry) => `${code}${entry}`).join('')}`
    : `回${code}+${each.join('')}`;
}

/** Numbers get the word for what they number; a name like 东风楼 or 二单元 has it already. */
const withWord = (value: string, word: string) => (/^[\dA-Za-z-]+$/.test(value) ? `${value}${word}` : value);

/** As it is dialled at home: a mobile number as it is, any other with the 0 of its area code. */
export const localPhone = (phone: string) => phone.replace(/^\+86(?=1[3-9])/, '').replace(/^\+86/, '0');
