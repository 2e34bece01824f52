/** A finding as people read it: what is so, and what to do where something should be done. */
export type Said = { text: string; hint?: string };
type Homes = { codes: readonly string[] };
type Names = { names: readonly string[] };
type Source = { name: string; minutes: number; problem: string | null };

export const list = (items: readonly string[]): string =>
  `${items.slice(0, 12).join('、')}${items.length > 12 ? '……' : ''}`;
export const listEn = (items: readonly string[]): string =>
  `${items.slice(0, 12).join(', ')}${items.length > 12 ? ' …' : ''}`;

/** By the problem that the bridge names; the rest is answered by the last. */
const REMEDIES_ZH: Record<string, string> = {
  bad_credentials: '请在看板“设备来源”里更正用户名和密码',
  unreachable: '请检查它的电源、网络、地址和端口',
  certificate_untrusted: '请在看板“设备来源”里填上它的 CA 证书，或换正规证书',
  subscription_refused: '请在它那里给这个用户开通主题的读权限',
  protocol: '对方不是 MQTT 服务器，或版本不对：请核对地址和端口',
};
const REMEDY_ZH = '请看服务的日志里 bridge 的错误';
const REMEDIES_EN: typeof REMEDIES_ZH = {
  bad_credentials: 'Correct its user and password on the board, under Sources.',
  unreachable: 'Check its power and network, and its address and port.',
  certificate_untrusted: 'Give its CA on the board, under Sources, or use a public certificate.',
  subscription_refused: 'Give this user the right to read its topics there.',
  protocol: 'This is no MQTT broker, or of another version: check address and port.',
};
const REMEDY_EN = 'Look for errors of bridge in the log of the service.';
const code = (problem: string | null) => problem ?? '-';

export const BRIDGE_ZH = {
  bridgeAway: ({ names }: Names): Said => ({
    text: `设备接入没有运行，这些来源的消息进不来：${list(names)}`,
    hint: '请启动服务（npm start）；分开运行时，要有一个进程的 PACT_SERVICES 里有 bridge',
  }),
  sourceAway: ({ name, minutes, problem }: Source): Said => ({
    text: `设备来源“${name}”已 ${minutes} 分钟连不上（${code(problem)}），它的传感器都听不到`,
    hint: REMEDIES_ZH[problem ?? ''] ?? REMEDY_ZH,
  }),
  sourceRefused: ({ name, minutes, problem }: Source): Said => ({
    text: `设备来源“${name}”已 ${minutes} 分钟拒绝我们（${code(problem)}），它的传感器都听不到`,
    hint: REMEDIES_ZH[problem ?? ''] ?? REMEDY_ZH,
  }),
  sourceWaiting: ({ name, minutes }: Source): Said => ({
    text: `设备来源“${name}”已 ${minutes} 分钟还没有连过`,
    hint: REMEDY_ZH,
  }),
  devicesRefused: (p: Homes): Said => ({
    text: `${p.codes.length} 户的设备最近发来的消息读不懂：${list(p.codes)}`,
    hint: '请在看板上打开这个设备，看它的原因和型号',
  }),
  devicesUnpaired: ({ count, names }: Names & { count: number }): Said => ({
    text: `${count} 个门窗设备还没有配给任何一户，来源：${list(names)}`,
    hint: '请在看板“设备来源”里配给住户，或标为不用',
  }),
  polarityUntested: (p: Homes): Said => ({
    text: `${p.codes.length} 户的设备还不知道哪个值是拉开，不算数：${list(p.codes)}`,
    hint: '请到家里做一次安装测试：拉开，再合上',
  }),
  codecsStopped: ({ names }: Names): Said => ({
    text: `近一天有解码程序用时或内存过多被停下：${list(names)}`,
    hint: '请在看板“解码程序”里试一试，换一个改好的',
  }),
  bridge: ({ count }: { count: number }): Said => ({ text: `${count} 个设备来源正常` }),
};

export const BRIDGE_EN: typeof BRIDGE_ZH = {
  bridgeAway: ({ names }) => ({
    text: `No bridge runs, and nothing is heard of these sources: ${listEn(names)}`,
    hint: 'Start the service (npm start); of several processes one needs bridge in its PACT_SERVICES.',
  }),
  sourceAway: ({ name, minutes, problem }) => ({
    text: `The source “${name}” has been away for ${minutes} minutes (${code(problem)}): none of its sensors is heard`,
    hint: REMEDIES_EN[problem ?? ''] ?? REMEDY_EN,
  }),
  sourceRefused: ({ name, minutes, problem }) => ({
    text: `The source “${name}” has refused us for ${minutes} minutes (${code(problem)}): none of its sensors is heard`,
    hint: REMEDIES_EN[problem ?? ''] ?? REMEDY_EN,
  }),
  sourceWaiting: ({ name, minutes }) => ({
    text: `The source “${name}” has not been connected in ${minutes} minutes`,
    hint: REMEDY_EN,
  }),
  devicesRefused: (p) => ({
    text: `What the devices of ${p.codes.length} homes said last could not be read: ${listEn(p.codes)}`,
    hint: 'Open the device on the board: it shows the reason, and as what it is read.',
  }),
  devicesUnpaired: ({ count, names }) => ({
    text: `${count} devices at doors or curtains belong to no home; sources: ${listEn(names)}`,
    hint: 'Pair them on the board, under Sources, or put them aside there.',
  }),
  polarityUntested: (p) => ({
    text: `Of the devices of ${p.codes.length} homes nobody knows which value is open, and they do not count: ${listEn(p.codes)}`,
    hint: 'Do the installation test there: open it, then close it.',
  }),
  codecsStopped: ({ names }) => ({
    text: `Codecs that took too long or too much memory were stopped in the last day: ${listEn(names)}`,
    hint: 'Try them on the board, under Codecs, and bring a mended one.',
  }),
  bridge: ({ count }) => ({ text: `${count} sources are well` }),
};
