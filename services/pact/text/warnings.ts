import type { Channel } from '../ladder.ts';
import type { Language } from './language.ts';
import type { OutageCause } from './notices.ts';

/** What the strip on top of the board says when something larger than one home is wrong. */
export type WarningsText = {
  label: string;
  canaryFailed: (time: string) => string;
  canaryFailedLead: string;
  canaryUnknown: (time: string) => string;
  canaryUnknownLead: string;
  canaryLate: (missed: string, at: string) => string;
  canaryLateLead: string;
  round: string;
  unseen: (codes: readonly string[]) => string;
  nobodyUnseen: string;
  outage: (cause: OutageCause, subject: string, homes: number, time: string) => string;
  outageLead: string;
  homes: (codes: readonly string[]) => string;
  lostSource: (name: string, homes: number, time: string) => string;
  lostSourceLead: string;
  toSources: string;
  provider: (channel: Channel, time: string) => string;
  waiting: (messages: number) => string;
  lookIn: (homes: number) => string;
  lookInLead: string;
  openedAway: (homes: number) => string;
  openedAwayLead: string;
  toLeave: string;
};

const ZH_CAUSE: Record<OutageCause, (subject: string) => string> = {
  gateway: (subject) => `网关 ${subject} 下`,
  building: (subject) => (/^\d+$/.test(subject) ? `${subject}栋` : subject),
  broker: () => '同一接入服务下',
  community: () => '全社区',
};
const ZH_CHANNEL: Record<Channel, string> = { sms: '短信', voice: '电话', robot: '群机器人' };

const EN_CAUSE: Record<OutageCause, (subject: string) => string> = {
  gateway: (subject) => `behind gateway ${subject}`,
  building: (subject) => `in building ${subject}`,
  broker: () => 'on one broker',
  community: () => 'of the community',
};
const EN_CHANNEL: Record<Channel, string> = { sms: 'Text messages', voice: 'Calls', robot: 'Group messages' };
const homesOf = (homes: number) => (homes === 1 ? '1 home' : `${homes} homes`);

export const WARNINGS_TEXT: Record<Language, WarningsText> = {
  'zh-CN': {
    label: '重要提示',
    canaryFailed: (time) => `哨兵呼叫没有送达(${time})`,
    canaryFailedLead: '今早的呼叫可能都没有到。请马上按人工巡查办:',
    canaryUnknown: (time) => `哨兵呼叫是否送达不明(${time})`,
    canaryUnknownLead: '服务商收下了,但不告知是否送达。请看一眼办公室的手机。',
    canaryLate: (missed, at) => `哨兵呼叫迟到:${missed} 未到,${at} 送达`,
    canaryLateLead: '呼叫已恢复。请把今早的各户再核对一遍。',
    round: '人工巡查',
    unseen: (codes) => `未见平安(${codes.length}户):${codes.join('、')}`,
    nobodyUnseen: '目前没有未见平安的户。',
    outage: (cause, subject, homes, time) =>
      `${ZH_CAUSE[cause](subject)} ${homes} 户自 ${time} 起${cause === 'community' ? '一起未报平安' : '一起失联'}`,
    outageLead: '请查电和网;每一户仍照常有人去看。',
    homes: (codes) => `户号:${codes.join('、')}`,
    lostSource: (name, homes, time) => `设备来源“${name}”自 ${time} 起连不上,${homes} 户的窗帘看不到`,
    lostSourceLead: '到时间没有信号,仍照常叫人上门。请查它的电和网。',
    toSources: '看哪里不对',
    provider: (channel, time) => `${ZH_CHANNEL[channel]}自 ${time} 起发不出去`,
    waiting: (messages) => `${messages} 条在等,恢复后按轻重缓急发出。着急请直接打电话。`,
    lookIn: (homes) => `${homes} 户今天要去看一看`,
    lookInLead: '设备断了信号,今天不会再自动叫人。请安排人今天见一面,见到了点开那一户登记。',
    openedAway: (homes) => `${homes} 户报了外出,窗帘却开了`,
    openedAwayLead: '也许提前回来了。外出的日子不等窗帘,请问一声。',
    toLeave: '去外出页回答',
  },
  en: {
    label: 'Important',
    canaryFailed: (time) => `The canary page did not arrive (${time})`,
    canaryFailedLead: 'This morning’s pages may not have arrived either. Go round by hand now:',
    canaryUnknown: (time) => `Nobody can tell whether the canary page arrived (${time})`,
    canaryUnknownLead: 'The provider took it and never tells of delivery. Look at the office’s phone.',
    canaryLate: (missed, at) => `The canary page was late: missed at ${missed}, arrived at ${at}`,
    canaryLateLead: 'Pages go out again. Go through this morning’s homes once more.',
    round: 'The manual round',
    unseen: (codes) => `Not seen (${codes.length}): ${codes.join(', ')}`,
    nobodyUnseen: 'Nobody is unseen at the moment.',
    outage: (cause, subject, homes, time) =>
      `${homesOf(homes)} ${EN_CAUSE[cause](subject)} ${cause === 'community' ? 'missed together' : 'silent together'} since ${time}`,
    outageLead: 'Check power and network; every home is being seen to as usual.',
    homes: (codes) => `Homes: ${codes.join(', ')}`,
    lostSource: (name, homes, time) =>
      `The source “${name}” cannot be reached since ${time}: ${homesOf(homes)} cannot be seen`,
    lostSourceLead:
      'Where no signal comes by the deadline, people are sent as usual. Check its power and network.',
    toSources: 'See what is wrong',
    provider: (channel, time) => `${EN_CHANNEL[channel]} have not gone out since ${time}`,
    waiting: (messages) =>
      `${messages} waiting; they go out by urgency once it is back. If it is urgent, call.`,
    lookIn: (homes) => `Look in on ${homesOf(homes)} today`,
    lookInLead:
      'Their sensors have failed, and nobody will be called any more today. Let somebody see them today, and note it on the home’s card.',
    openedAway: (homes) => `${homesOf(homes)} should be away, but the curtain opened`,
    openedAwayLead: 'They may be back early. Nobody waits for a curtain during a leave: please ask.',
    toLeave: 'Answer it on the page of leaves',
  },
};
