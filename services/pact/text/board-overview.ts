/** What the district's page says. The Chinese is the model: a key that the English lacks does not compile. */
const OVERVIEW_ZH = {
  title: '总览',
  lead: '各社区今天的数字。这里没有姓名和住址,具体情况请问社区办公室。',
  loading: '正在取今天的数字…',
  emptyTitle: '还没有社区',
  emptyLead: '社区导入登记册以后,这里就有数字。',
  community: '社区',
  columns: {
    enrolled: '立约',
    awaiting: '待拉帘',
    kept: '按时',
    keptLate: '迟开',
    visited: '已上门',
    excused: '免约',
    unresolved: '未了结',
    openAlerts: '处理中的预警',
  },
  sum: '合计',
  toMonth: '看月报',
};
type OverviewText = typeof OVERVIEW_ZH;

const OVERVIEW_EN: OverviewText = {
  title: 'Overview',
  lead: 'Today in numbers. There are no names and no addresses here: ask the community’s office.',
  loading: 'Fetching today’s numbers…',
  emptyTitle: 'There is no community yet',
  emptyLead: 'Numbers come once a community has imported its register.',
  community: 'Community',
  columns: {
    enrolled: 'Enrolled',
    awaiting: 'Awaiting',
    kept: 'In time',
    keptLate: 'Late',
    visited: 'Visited',
    excused: 'Excused',
    unresolved: 'Unresolved',
    openAlerts: 'Open alerts',
  },
  sum: 'Together',
  toMonth: 'The month',
};

export const OVERVIEW_TEXT = { 'zh-CN': OVERVIEW_ZH, en: OVERVIEW_EN };
