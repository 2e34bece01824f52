import type { KeepDays, RetentionKind } from '../retention.ts';

/** What the board says of a person's rights: their file, to be forgotten, and what is kept for how long. The Chinese is the model. */
export type RightsText = typeof zh;

const zh = {
  file: {
    title: '本人要看的档案',
    lead: '这一户保存的全部资料:登记、老人、联系人、同意书、记事、每一天、预警、上门、消息和改动。谁导出的会写在档案上,也记入查阅记录。',
    pdf: '导出 PDF(可打印)',
    json: '导出 JSON(给程序用)',
    saved: '档案已保存到这台电脑。请只交给本人或家人。',
  },
  erase: {
    from: (date: string) => `${date} 起删除个人资料`,
    due: '保存期已满',
    button: '永久删除',
    lead: (name: string) =>
      `永久删除 ${name} 的个人资料?姓名、住址、电话、记事、消息内容和改动记录都会删去,只为这一户登记的家人和邻里也一起删去。每天的台账、预警和上门的次数留着,但再也看不出是谁。删除后不能恢复。`,
    leadPerson: (name: string) =>
      `永久删除 ${name} 的个人资料?姓名、电话和改动记录都会删去,别人写的话里也不再有这个名字。做过的事还算在次数里,但再也看不出是谁。删除后不能恢复。`,
    confirm: '确定,永久删除',
    done: '个人资料已永久删除',
  },
  retention: {
    title: '资料保存多久',
    lead: '每天夜里两点半,过了保存期的资料自动删除。保存期由管服务的人在服务的设置里定。',
    keeps: {
      afterEnd: '移出登记册以后的个人资料',
      events: '传感器说过的',
      messages: '消息的内容和号码',
      changes: '登记册的改动记录',
      audit: '查阅和操作记录',
      sessions: '过期的登录和链接',
    } satisfies Record<keyof KeepDays, string>,
    days: (days: number) => (days % 365 === 0 ? `${days / 365} 年` : `${days} 天`),
    runs: '最近的夜里删除了什么',
    noRuns: '还没有删除过。今夜两点半第一次。',
    underWay: '正在进行',
    nothing: '没有到期的',
    kinds: {
      sensors: '撤回后解下的传感器',
      homes: '住户',
      residents: '老人',
      people: '照看的人',
      events: '传感器记录',
      unread: '读不懂的消息',
      messages: '消息内容',
      changes: '改动记录',
      audit: '操作记录',
      sessions: '过期登录',
      links: '过期链接',
    } satisfies Record<RetentionKind, string>,
    counted: (kind: string, count: number) => `${kind} ${count}`,
    overdue: '同意撤回已满保存期,还在登记册里:',
    overdueHome: (code: string, salutation: string, endedOn: string) =>
      `${code}号 ${salutation}(约定到 ${endedOn})`,
    overdueLead: '请到那一户移出登记册,资料随后自动删除。',
  },
};

const en: RightsText = {
  file: {
    title: 'The file, for the person who asks',
    lead: 'Everything that is kept of this home: register, residents, contacts, consents, notes, every day, alerts, visits, messages and changes. Who exported it stands in the file and in the list of who looked.',
    pdf: 'Export as PDF (to print)',
    json: 'Export as JSON (for programs)',
    saved: 'Saved on this computer. Hand it only to the person or the family.',
  },
  erase: {
    from: (date) => `personal data is erased from ${date} on`,
    due: 'its time is over',
    button: 'Erase for good',
    lead: (name) =>
      `Erase the personal data of ${name} for good? Names, address, numbers, notes, the words of messages and the history of changes go, and so do family and neighbours who were there for this home alone. The ledger, alerts and visits keep their counts and name nobody. This cannot be undone.`,
    leadPerson: (name) =>
      `Erase the personal data of ${name} for good? Name, number and the history of changes go, and the name goes from what others wrote. What was done is counted still and names nobody. This cannot be undone.`,
    confirm: 'Yes, erase for good',
    done: 'Personal data erased for good',
  },
  retention: {
    title: 'What is kept for how long',
    lead: 'Every night at half past two, what has been kept for long enough is removed. Whoever runs the service sets the days.',
    keeps: {
      afterEnd: 'personal data after leaving the register',
      events: 'what sensors said',
      messages: 'words and numbers of messages',
      changes: 'changes of the register',
      audit: 'who looked and did what',
      sessions: 'sessions and links that ran out',
    },
    days: (days) => (days % 365 === 0 ? `${days / 365} years` : `${days} days`),
    runs: 'What the last nights removed',
    noRuns: 'Nothing yet. Tonight at half past two is the first time.',
    underWay: 'under way',
    nothing: 'nothing was due',
    kinds: {
      sensors: 'sensors of homes that withdrew',
      homes: 'homes',
      residents: 'residents',
      people: 'people',
      events: 'sensor events',
      unread: 'unreadable payloads',
      messages: 'messages emptied',
      changes: 'changes',
      audit: 'audit entries',
      sessions: 'sessions',
      links: 'links',
    },
    counted: (kind, count) => `${kind} ${count}`,
    overdue: 'Consent withdrawn longer ago than is kept, and still in the register:',
    overdueHome: (code, salutation, endedOn) => `No. ${code} ${salutation} (pact until ${endedOn})`,
    overdueLead: 'Take them out of the register; their data then goes by itself.',
  },
};

export const RIGHTS_TEXT = { 'zh-CN': zh, en };
