import { withFewerCodes } from './fewer-codes.ts';
import type { DailyState, DayCounts, NoticeCatalogue, OutageCause } from './notices.ts';
import { withOrWithoutLink } from './with-or-without-link.ts';

const SIGNATURE = '【窗帘之约】';

const DAILY: Record<DailyState, string> = {
  well: '今天平安。',
  visited_safe: '今天有人上门看望,平安。',
  visited: '今天已有人上门看望,详情请问社区。',
  excused: '今天不在约定之内。',
  waiting: '今天还没到约定时间,有消息再告诉您。',
  open: '今天还没有报平安,正在跟进,有结果马上告诉您。',
};

/** What homes have in common, at its fullest and at its barest. */
const CAUSE: Record<OutageCause, (subject: string) => readonly [string, string]> = {
  gateway: (subject) => [`网关${subject}下`, '同一网关下'],
  building: (subject) => [`${/^\d+$/.test(subject) ? `${subject}栋` : subject}`, '同一楼栋'],
  broker: () => ['同一接入服务下', '同一接入服务下'],
  community: () => ['全社区', '全社区'],
};

export const NOTICES_ZH: NoticeCatalogue = {
  acknowledgement_expired: ({ code, salutation }) => [
    `${SIGNATURE}${code}号${salutation}到时未报结果,已另请人去。您若已见到人,请回${code}2平安${code}3急救`,
  ],
  relieved: ({ code, salutation }) => [
    `${SIGNATURE}已有人到${code}号${salutation}家门口,您不用再赶去。多谢!结果会另外告诉您。`,
  ],
  replaced: ({ code, salutation }) => [
    `${SIGNATURE}${code}号${salutation}家已改请别人去,您不用再去。多谢!结果会另外告诉您。`,
  ],
  elder_call: ({ salutation }) => [`${SIGNATURE}${salutation}您好,今早没见您拉帘,红管家正来看您。`],

  elder_asks: ({ code, salutation }) => [`${SIGNATURE}${code}号${salutation}想和您说话,请给家里打电话。`],

  canary: ({ deadline, round }) => [
    round === 0
      ? `${SIGNATURE}哨兵户演练:${deadline}呼叫已送达,一切正常,不用回复。`
      : `${SIGNATURE}哨兵户第${round + 1}次演练:${deadline}的呼叫此前未见送达,请看看板。不用回复。`,
  ],
  canary_failed: ({ deadline, unseen }) =>
    withFewerCodes(
      unseen,
      (shown, leftOut) =>
        `${SIGNATURE}警告:${deadline}哨兵呼叫未按时送达,今早的呼叫可能没到!请人工巡查${unseen.length}户未见平安的家${list(shown, leftOut)}`,
    ),
  canary_late: ({ deadline, at }) => [
    `${SIGNATURE}${deadline}的哨兵呼叫已于${at}迟到送达,呼叫已恢复。今早的各户请按看板逐一核对。`,
  ],

  all_clear: ({ counts }) => [`${SIGNATURE}${countsOf(counts)}`],
  all_open: ({ counts, open }) =>
    withFewerCodes(
      open,
      (shown, leftOut) =>
        `${SIGNATURE}注意!还有${open.length}户未见平安${list(shown, leftOut)}。${shown.length > 0 ? countsOf(counts) : `共${counts.enrolled}户,请看看板`}`,
    ),
  all_closed: ({ counts }) => [`${SIGNATURE}全部见到人了。${countsOf(counts)}`],

  daily: ({ salutation, state }) => [`${SIGNATURE}${salutation}${DAILY[state]}`],
  daily_after: ({ salutation }) => [`${SIGNATURE}${salutation}今天平安,刚刚确认,请放心。`],
  visit_news: ({ salutation, at, safe }) => [
    `${SIGNATURE}${at}有人上门看望了${salutation},${safe ? '平安,请放心。' : '详情请与社区联系。'}`,
  ],

  evening: ({ unseen, open, silent, batteries, returning, uncovered, due }) => {
    const parts: [full: string, bare: string, codes: readonly string[]][] = [
      ['今天还没去看', '未看望', unseen],
      ['明天无人值守', '缺人', uncovered],
      ['窗帘没拉上', '帘开', open],
      ['设备无信号', '断信号', silent],
      ['电量低', '电低', batteries],
      ['外出明天到期', '将返', returning],
      ['设备维护到期', '待修', due],
    ];
    const said = parts.filter(([, , codes]) => codes.length > 0);
    const most = Math.max(...said.map(([, , codes]) => codes.length));
    const full = withFewerCodes(Array.from({ length: most }, String), (shown) => {
      const texts = said.map(([what, , codes]) => {
        const some = codes.slice(0, shown.length);
        return `${what}${codes.length}户${list(some, codes.length - some.length)}`;
      });
      return `${SIGNATURE}今晚请看:${texts.join(';')}`;
    });
    const bare = said.map(([, what, codes]) => `${what}${codes.length}`);
    return [...full, `${SIGNATURE}今晚请看:${bare.join(';')}`] as [string, ...string[]];
  },
  sensor_check: ({ homes }) =>
    withFewerCodes(
      homes,
      (shown, leftOut) =>
        `${SIGNATURE}今早${homes.length}户设备报不了平安,请安排人去看${list(shown, leftOut)}`,
    ),
  commissioning: ({ code, salutation }) => [
    `${SIGNATURE}安装测试:${code}号${salutation}家的呼叫能到您手机。这是试发,不用上门,请告诉装机的人收到了。`,
  ],
  door_link: ({ code, link }) => [
    `${SIGNATURE}${code}号 到门口、报结果:${link}`,
    `${SIGNATURE}${code}号的结果请回${code}2平安${code}3急救,到门口请回${code}到了`,
  ],
  look_in: ({ homes }) =>
    withFewerCodes(
      homes,
      (shown, leftOut) =>
        `${SIGNATURE}${homes.length}户设备今天断了信号,请今天去看看老人${list(shown, leftOut)}。见到了请告诉社区办公室`,
    ),
  leave_said: ({ code, salutation, fromOn, untilOn }) => [
    `${SIGNATURE}${code}号${salutation}报了外出:${dayOf(fromOn)}到${dayOf(untilOn)},这几天不看窗帘。不对请告诉社区办公室`,
  ],
  leave_cancelled: ({ code, salutation }) => [
    `${SIGNATURE}${code}号${salutation}的外出报备已取消,照常看窗帘。`,
  ],
  leave_link: ({ code, salutation, link }) => [
    `${SIGNATURE}${code}号${salutation}出门几天,请在这里报:${link}`,
    `${SIGNATURE}${code}号外出请报:${link}`,
    `${SIGNATURE}${code}号出门几天,请告诉社区办公室。`,
  ],
  care_link: ({ link }) => [
    `${SIGNATURE}您的走访清单,每天打开逐户打勾:${link}`,
    `${SIGNATURE}走访清单:${link}`,
  ],
  leave_ends: ({ code, salutation, untilOn, link }) =>
    withOrWithoutLink(
      link,
      (page) => [
        `${SIGNATURE}${code}号${salutation}外出报到${dayOf(untilOn)},过后照常看窗帘。还不回来请改:${page}`,
        `${SIGNATURE}${code}号外出报到${dayOf(untilOn)}。不回来请改:${page}`,
      ],
      `${SIGNATURE}${code}号${salutation}外出报到${dayOf(untilOn)},过后照常看窗帘。还不回来请告诉社区办公室`,
    ),
  leave_opened: ({ code, salutation, at, link }) =>
    withOrWithoutLink(
      link,
      (page) => [
        `${SIGNATURE}${code}号${salutation}报了外出,${at}窗帘却开了。回来了吗?请答:${page}`,
        `${SIGNATURE}${code}号外出中,${at}窗帘开了。回来了吗?${page}`,
      ],
      `${SIGNATURE}${code}号${salutation}报了外出,${at}窗帘却开了。回来了吗?请问一声,告诉社区办公室`,
    ),
  robot_test: ({ name }) => [`${SIGNATURE}群机器人${name}已接通。这是试发,不用回复。`],
  outage: ({ cause, subject, since, homes }) => {
    const [full, bare] = CAUSE[cause](subject);
    const text = (where: string) => (shown: readonly string[], leftOut: number) =>
      `${SIGNATURE}${where}${homes.length}户${since}起${cause === 'community' ? '一起未报平安' : '一起断了信号'}${list(shown, leftOut)}。照常逐户去看,并查电和网`;
    return [...withFewerCodes(homes, text(full)), ...withFewerCodes(homes, text(bare))] as [
      string,
      ...string[],
    ];
  },
};

/** YYYY-MM-DD as people say it. */
const dayOf = (date: string): string => `${Number(date.slice(5, 7))}月${Number(date.slice(8))}日`;

const list = (shown: readonly string[], leftOut: number): string =>
  shown.length === 0 ? '' : `:${shown.join('、')}${leftOut > 0 ? '等' : ''}`;

function countsOf({ enrolled, kept, keptLate, visited, away, excused }: DayCounts): string {
  const parts = [
    `${kept}户已拉帘`,
    ...(keptLate > 0 ? [`${keptLate}户迟开`] : []),
    ...(visited > 0 ? [`${visited}户上门`] : []),
    ...(away > 0 ? [`${away}户外出`] : []),
    ...(excused > 0 ? [`${excused}户免约`] : []),
  ];
  return `${enrolled}户:${parts.join(',')}`;
}
