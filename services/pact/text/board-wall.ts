/** What the wall screen says, large. The Chinese is the model. */
export type WallText = typeof zh;

const zh = {
  title: '墙上看板',
  start: '点一下,打开声音',
  startLead: '新的红窗会响一声。这一页不用再碰,可以一直挂着。',
  soundOff: '声音没开',
  notLive: (time: string) => `不是实时!上次收到是 ${time}`,
  notLiveLead: '正在重连。请看一眼网络,也可以看短信。',
  sessionOver: '登录已过期,请重新登录',
  loading: '正在打开…',
  next: (time: string, left: string) => `下一个约定 ${time},还有 ${left}`,
  waiting: '还没有人去',
  going: (who: string) => `${who}已出发`,
  arrived: (who: string) => `${who}在门口`,
  since: (span: string) => `已过 ${span}`,
  well: '都有着落了',
  noReds: '没有红窗',
  more: (count: number) => `还有 ${count} 户`,
  canary: { waiting: '哨兵等待中', proven: '哨兵已送达', unknown: '哨兵不明', failed: '哨兵没送到!' },
  leave: '退出墙上模式',
  hang: '一直挂在这里',
  hangLead: '这台电脑从此只看墙,三个月不用再登录;看别的页面要先取下',
  hung: '挂好了',
  takeDown: '取下(退出登录)',
};

const en: WallText = {
  title: 'Wall screen',
  start: 'Press once for sound',
  startLead: 'A new red window rings. This page needs no touch after that and may hang for days.',
  soundOff: 'Sound is off',
  notLive: (time) => `NOT LIVE since ${time}`,
  notLiveLead: 'Reconnecting. Look at the network, and at the text messages.',
  sessionOver: 'Signed out: please sign in again',
  loading: 'Opening…',
  next: (time, left) => `Next deadline ${time}, in ${left}`,
  waiting: 'nobody yet',
  going: (who) => `${who} on the way`,
  arrived: (who) => `${who} at the door`,
  since: (span) => `for ${span}`,
  well: 'Everybody is accounted for',
  noReds: 'No red window',
  more: (count) => `and ${count} more`,
  canary: {
    waiting: 'Canary waiting',
    proven: 'Canary arrived',
    unknown: 'Canary unknown',
    failed: 'CANARY FAILED',
  },
  leave: 'Leave the wall',
  hang: 'Leave it here for good',
  hangLead:
    'this computer shows the wall alone, three months without signing in; take it down for other pages',
  hung: 'It hangs.',
  takeDown: 'Take down (sign out)',
};

export const WALL_TEXT = { 'zh-CN': zh, en };
