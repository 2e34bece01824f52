import type { HomeKind, Occasion, Service, TaskKind } from '../care.ts';

/** The words of visits and care that the board and a steward's phone share. The Chinese is the model. */
export type CareWords = typeof zh;

const zh = {
  homes: {
    elder_alone: '独居老人',
    elder_with_child: '老人带孩子',
    child_in_hardship: '困境儿童',
  } satisfies Record<HomeKind, string>,
  kinds: {
    daily_visit: '日走访',
    daily_greeting: '每日问候',
    weekly_visit: '周回访',
    must_visit: '必访',
    service: '服务',
    look_in: '设备失联,看一眼',
  } satisfies Record<TaskKind | 'look_in', string>,
  /** What a steward presses when it is done. */
  done: {
    daily_visit: '走访过了',
    daily_greeting: '问候过了',
    weekly_visit: '回访过了',
    must_visit: '去看过了',
    service: '办好了',
    look_in: '看到人了',
  } satisfies Record<TaskKind | 'look_in', string>,
  occasions: {
    hardship: '困难',
    illness: '生病',
    wedding_funeral: '红白事',
    emergency: '突发',
    health_task: '公共卫生',
  } satisfies Record<Occasion, string> as Record<string, string>,
  drifts: { drift_later: '拉帘越来越晚', drift_fewer: '联系越来越少' } as Record<string, string>,
  services: {
    medicine: '取药',
    haircut: '理发',
    quilts: '拆洗被褥',
    company: '陪伴聊天',
  } satisfies Record<Service, string> as Record<string, string>,
  doneBy: { alert: '预警上门已见到', seen: '已有人见到', called: '本人按键报平安' } as Record<string, string>,
  since: (date: string) => `${dayZh(date)}起没做到`,
  by: (date: string) => `最晚${dayZh(date)}`,
  away: (date: string) => `外出到${dayZh(date)}`,
  alertOpen: '这一户有预警,请在预警页面报结果',
};

const dayZh = (date: string) => `${Number(date.slice(5, 7))}月${Number(date.slice(8))}日`;
const dayEn = (date: string) => `${Number(date.slice(8))}/${Number(date.slice(5, 7))}`;

const en: CareWords = {
  homes: {
    elder_alone: 'Elder alone',
    elder_with_child: 'Elder raising a child',
    child_in_hardship: 'Child in hardship',
  },
  kinds: {
    daily_visit: 'Daily visit',
    daily_greeting: 'Daily call',
    weekly_visit: 'Return visit',
    must_visit: 'Must-visit',
    service: 'Service',
    look_in: 'Sensor silent: look in',
  },
  done: {
    daily_visit: 'Visited',
    daily_greeting: 'Called',
    weekly_visit: 'Visited',
    must_visit: 'Visited',
    service: 'Done',
    look_in: 'Seen',
  },
  occasions: {
    hardship: 'hardship',
    illness: 'illness',
    wedding_funeral: 'wedding or funeral',
    emergency: 'emergency',
    health_task: 'public health',
  },
  drifts: { drift_later: 'opens later and later', drift_fewer: 'fewer and fewer contacts' },
  services: {
    medicine: 'medicine fetched',
    haircut: 'haircut',
    quilts: 'quilts washed',
    company: 'company',
  },
  doneBy: { alert: 'seen at an alert’s door', seen: 'seen by somebody', called: 'answered our call' },
  since: (date) => `missed since ${dayEn(date)}`,
  by: (date) => `by ${dayEn(date)}`,
  away: (date) => `away until ${dayEn(date)}`,
  alertOpen: 'An alert is open here: report its outcome on its own page',
};

export const CARE_WORDS = { 'zh-CN': zh, en };

type Named = {
  kind: TaskKind | 'look_in';
  occasion: string | null;
  occasionName: string | null;
  service: string | null;
};

/** What is asked for, in a few words: 必访·生病, 服务·取药. */
export function careTitle({ kind, occasion, occasionName, service }: Named, words: CareWords): string {
  const what = occasion
    ? (occasionName ?? words.occasions[occasion] ?? words.drifts[occasion] ?? occasion)
    : service && (words.services[service] ?? service);
  return what ? `${words.kinds[kind]} · ${what}` : words.kinds[kind];
}
