import { BRIDGE_EN, BRIDGE_ZH, list as codes, listEn as codesEn, type Said } from './doctor-bridge.ts';
import { DRILLS_EN, DRILLS_ZH } from './doctor-drills.ts';
import type { Language } from './language.ts';

type Homes = { codes: readonly string[] };
type Many = { count: number };

const zh = {
  node: ({ version, ok }: { version: string; ok: boolean }): Said =>
    ok
      ? { text: `Node ${version}` }
      : { text: `Node ${version} 太旧`, hint: '请用 npm run 启动命令，它会换用合适的版本' },
  dataMissing: ({ folder }: { folder: string }): Said => ({
    text: `还没有数据文件夹（${folder}）`,
    hint: '第一次使用请运行 npm start；若数据在别处，请设置 PACT_DATA_DIR',
  }),
  dataUnwritable: ({ folder }: { folder: string }): Said => ({
    text: `不能写入数据文件夹（${folder}）`,
    hint: '请把文件夹交给运行服务的用户',
  }),
  keyExposed: (): Said => ({
    text: '其他用户可以读取服务密钥（server.key）',
    hint: '运行 chmod 600，并为传感器更换密钥',
  }),
  dataFolder: ({ folder }: { folder: string }): Said => ({ text: `数据文件夹可用（${folder}）` }),
  disk: ({ free, ok }: { free: string; ok: boolean }): Said =>
    ok ? { text: `磁盘剩余 ${free}` } : { text: `磁盘只剩 ${free}`, hint: '请清理磁盘；写满后事件无法入库' },
  databaseAway: ({ code }: { code: string }): Said => ({
    text: `数据库连不上（${code}）`,
    hint: '请检查 DATABASE_URL 和数据库服务；内置数据库请看数据文件夹里的日志',
  }),
  databaseOld: ({ count }: Many): Said => ({
    text: `数据库结构差 ${count} 步升级`,
    hint: '重新启动服务（npm start），它会自动升级',
  }),
  database: (): Said => ({ text: '数据库可用，结构为最新' }),
  sweepNever: (): Said => ({ text: '还没有巡检过', hint: '服务没有运行过：请运行 npm start' }),
  sweepStale: ({ minutes }: { minutes: number }): Said => ({
    text: `已 ${minutes} 分钟没有巡检，到时不会有人被呼叫`,
    hint: '请启动服务（npm start），并看它的日志',
  }),
  sweep: (): Said => ({ text: '巡检正常' }),
  intakeStale: ({ minutes }: { minutes: number }): Said => ({
    text: `已 ${minutes} 分钟没有收信，传感器的消息进不来`,
    hint: '请启动服务（npm start），并看它的日志',
  }),
  intakeNever: (): Said => ({ text: '还没有收过信', hint: '服务没有运行过：请运行 npm start' }),
  intake: (): Said => ({ text: '收信正常' }),
  daysUnopened: ({ communities }: { communities: readonly string[] }): Said => ({
    text: `今天的约定还没有开启：${codes(communities)}`,
    hint: '请启动服务；若已在运行，请看日志里 rules 的错误',
  }),
  days: (): Said => ({ text: '今天的约定已开启' }),
  registerEmpty: (): Said => ({
    text: '登记册是空的',
    hint: '请导入：npm run -s pact -- import <文件>；样表见 docs/register-sample.csv',
  }),
  withoutPact: (p: Homes): Said => ({
    text: `${p.codes.length} 户没有约定，不在守护之内：${codes(p.codes)}`,
    hint: '请在登记册里为它们立约',
  }),
  withoutSensor: (p: Homes): Said => ({
    text: `${p.codes.length} 户没有传感器，每天都要有人看：${codes(p.codes)}`,
    hint: '装好后运行 npm run -s pact -- sensor add --household <户号>',
  }),
  withoutSteward: (p: Homes): Said => ({
    text: `${p.codes.length} 户没有红管家：${codes(p.codes)}`,
    hint: '请在登记册里指定',
  }),
  withoutAnybody: (p: Homes): Said => ({
    text: `${p.codes.length} 户出事时没有任何人可呼叫：${codes(p.codes)}`,
    hint: '请马上指定红管家或社区值班电话',
  }),
  canopy: ({ count }: Many): Said => ({ text: `${count} 户都有约定、传感器和红管家` }),
  withoutOffice: ({ communities }: { communities: readonly string[] }): Said => ({
    text: `没有社区值班电话：${codes(communities)}`,
    hint: '红管家和邻里都不应答时无人接手；请在登记表的“值班”“值班电话”列填写',
  }),
  office: (): Said => ({ text: '各社区都有值班电话' }),
  sensorsSilent: (p: Homes): Said => ({
    text: `${p.codes.length} 户的传感器没有声音：${codes(p.codes)}`,
    hint: '请检查电源、网络和网关；到时仍无声音会呼叫红管家',
  }),
  batteryLow: (p: Homes): Said => ({
    text: `${p.codes.length} 户的传感器电量低：${codes(p.codes)}`,
    hint: '请在两周内换电池',
  }),
  neverReported: (p: Homes): Said => ({
    text: `${p.codes.length} 户的传感器从没有过声音：${codes(p.codes)}`,
    hint: '请检查编号、密钥和网络；到时仍无声音会呼叫红管家',
  }),
  clockWrong: (p: Homes): Said => ({
    text: `${p.codes.length} 户的传感器时钟不准，以收到的时间为准：${codes(p.codes)}`,
    hint: '请校准设备的时间，或让它不带时间',
  }),
  tampered: (p: Homes): Said => ({
    text: `${p.codes.length} 户的传感器被动过，工单未结：${codes(p.codes)}`,
    hint: '请上门查看后结掉工单',
  }),
  visitAsked: (p: Homes): Said => ({
    text: `${p.codes.length} 户请人去看设备，工单未结：${codes(p.codes)}`,
    hint: '请上门查看后结掉工单',
  }),
  quarantined: (p: Homes): Said => ({
    text: `近一天 ${p.codes.length} 户的传感器发来读不懂的消息：${codes(p.codes)}`,
    hint: '运行 npm run -s pact -- sensor show <编号> 查看原因',
  }),
  sensors: ({ count }: Many): Said => ({ text: `${count} 个传感器正常` }),
  messagesStuck: ({ count }: Many): Said => ({
    text: `${count} 条短信该发而没有发出`,
    hint: '请看服务是否在运行，以及日志里 messaging 的错误',
  }),
  messagesFailed: ({ count }: Many): Said => ({
    text: `近一天有 ${count} 条短信发送失败`,
    hint: '请在看板上查看是谁，并更正电话',
  }),
  messages: (): Said => ({ text: '短信没有积压' }),
  alertsOverdue: (p: Homes): Said => ({
    text: `${p.codes.length} 个预警的下一步已过时：${codes(p.codes)}`,
    hint: '请马上打电话给红管家，并看服务是否在运行',
  }),
  alerts: ({ count }: Many): Said => ({
    text: count === 0 ? '没有未结的预警' : `${count} 个未结预警，步骤都按时`,
  }),
  clockBack: ({ minutes }: { minutes: number }): Said => ({
    text: `本机时钟比已入库的记录慢 ${minutes} 分钟`,
    hint: '请开启时间同步（NTP）；时钟不准，到时就判不准',
  }),
  clock: ({ time }: { time: string }): Said => ({ text: `时钟正常，现在是 ${time}` }),
  outbox: (): Said => ({
    text: '短信只进发件箱，没有人的手机会响',
    hint: '正式使用请设置 TWILIO_ACCOUNT_SID、TWILIO_AUTH_TOKEN 和 TWILIO_FROM',
  }),
  gateway: ({ name }: { name: string }): Said => ({ text: `短信经 ${name} 发出` }),
  noCallbacks: (): Said => ({
    text: '服务商找不到我们：打不了电话，送达与否要等一分钟才知道',
    hint: '请把 PACT_PUBLIC_URL 设为服务商能访问到的地址',
  }),
  portAnswers: ({ what, port }: { what: string; port: number }): Said => ({
    text: `${what} 端口 ${port} 有应答`,
  }),
  portSilent: ({ what, port }: { what: string; port: number }): Said => ({
    text: `${what} 端口 ${port} 没有应答`,
    hint: '请启动服务（npm start）',
  }),
  portTaken: ({ what, port }: { what: string; port: number }): Said => ({
    text: `${what} 端口 ${port} 上应答的是别的程序`,
    hint: '请停掉那个程序，或用 PACT_HTTP_PORT 换一个端口，再启动服务',
  }),
  accountMissing: (): Said => ({
    text: '还没有办公室账号',
    hint: '请打开服务启动时在终端里显示的设置链接',
  }),
  account: (): Said => ({ text: '已有办公室账号' }),
  ...BRIDGE_ZH,
  ...DRILLS_ZH,
};

export type DoctorText = { [K in keyof typeof zh]: (...p: Parameters<(typeof zh)[K]>) => Said };

const en: DoctorText = {
  node: ({ version, ok }) =>
    ok
      ? { text: `Node ${version}` }
      : {
          text: `Node ${version} is too old`,
          hint: 'Start commands with npm run, which takes the right one.',
        },
  dataMissing: ({ folder }) => ({
    text: `There is no data folder yet (${folder})`,
    hint: 'Run npm start the first time; set PACT_DATA_DIR if the data is elsewhere.',
  }),
  dataUnwritable: ({ folder }) => ({
    text: `The data folder cannot be written (${folder})`,
    hint: 'Give it to the user that runs the service.',
  }),
  keyExposed: () => ({
    text: 'Other users can read the server’s key (server.key)',
    hint: 'Run chmod 600 on it, and renew the secrets of the sensors.',
  }),
  dataFolder: ({ folder }) => ({ text: `The data folder is usable (${folder})` }),
  disk: ({ free, ok }) =>
    ok
      ? { text: `${free} of disk are free` }
      : { text: `Only ${free} of disk are free`, hint: 'Make room; on a full disk no event can be stored.' },
  databaseAway: ({ code }) => ({
    text: `The database cannot be reached (${code})`,
    hint: 'Check DATABASE_URL and the server; of the embedded one, read the log in the data folder.',
  }),
  databaseOld: ({ count }) => ({
    text: `The database is ${count} migrations behind`,
    hint: 'Restart the service (npm start): it migrates by itself.',
  }),
  database: () => ({ text: 'The database is reachable and up to date' }),
  sweepNever: () => ({ text: 'No sweep has ever run', hint: 'The service has never run: npm start.' }),
  sweepStale: ({ minutes }) => ({
    text: `No sweep for ${minutes} minutes: nobody is paged at the deadline`,
    hint: 'Start the service (npm start) and read its log.',
  }),
  sweep: () => ({ text: 'Deadlines are swept' }),
  intakeStale: ({ minutes }) => ({
    text: `No intake for ${minutes} minutes: what sensors say is not heard`,
    hint: 'Start the service (npm start) and read its log.',
  }),
  intakeNever: () => ({ text: 'No intake has ever run', hint: 'The service has never run: npm start.' }),
  intake: () => ({ text: 'Sensors are heard' }),
  daysUnopened: ({ communities }) => ({
    text: `Today has not been opened: ${codesEn(communities)}`,
    hint: 'Start the service; if it runs, look for errors of rules in its log.',
  }),
  days: () => ({ text: 'Today has been opened' }),
  registerEmpty: () => ({
    text: 'The register is empty',
    hint: 'Import one: npm run -s pact -- import <file>; docs/register-sample.csv shows how.',
  }),
  withoutPact: (p) => ({
    text: `${p.codes.length} homes have no pact and nobody watches over them: ${codesEn(p.codes)}`,
    hint: 'Make their pacts in the register.',
  }),
  withoutSensor: (p) => ({
    text: `${p.codes.length} homes have no sensor; somebody must look in every day: ${codesEn(p.codes)}`,
    hint: 'Once it hangs: npm run -s pact -- sensor add --household <number>',
  }),
  withoutSteward: (p) => ({
    text: `${p.codes.length} homes have no steward: ${codesEn(p.codes)}`,
    hint: 'Name one in the register.',
  }),
  withoutAnybody: (p) => ({
    text: `Nobody at all would be paged for ${p.codes.length} homes: ${codesEn(p.codes)}`,
    hint: 'Name a steward or an office phone now.',
  }),
  canopy: ({ count }) => ({ text: `All ${count} homes have a pact, a sensor and a steward` }),
  withoutOffice: ({ communities }) => ({
    text: `No office phone: ${codesEn(communities)}`,
    hint: 'Nobody takes over when stewards and neighbours are silent; fill the columns 值班 and 值班电话.',
  }),
  office: () => ({ text: 'Every community has an office phone' }),
  sensorsSilent: (p) => ({
    text: `The sensors of ${p.codes.length} homes are silent: ${codesEn(p.codes)}`,
    hint: 'Check power, network and gateway; still silent at the deadline, the steward is paged.',
  }),
  batteryLow: (p) => ({
    text: `The sensors of ${p.codes.length} homes have a low battery: ${codesEn(p.codes)}`,
    hint: 'Change the batteries within two weeks.',
  }),
  neverReported: (p) => ({
    text: `The sensors of ${p.codes.length} homes have never reported: ${codesEn(p.codes)}`,
    hint: 'Check id, secret and network; still silent at the deadline, the steward is paged.',
  }),
  clockWrong: (p) => ({
    text: `The sensors of ${p.codes.length} homes have a wrong clock, so that receive time counts: ${codesEn(p.codes)}`,
    hint: 'Set the device’s clock, or let it send no time.',
  }),
  tampered: (p) => ({
    text: `The sensors of ${p.codes.length} homes were tampered with, and nobody has closed the ticket: ${codesEn(p.codes)}`,
    hint: 'Look at them on the spot, then close the ticket.',
  }),
  visitAsked: (p) => ({
    text: `Somebody asked for a visit to the sensors of ${p.codes.length} homes: ${codesEn(p.codes)}`,
    hint: 'Look at them on the spot, then close the ticket.',
  }),
  quarantined: (p) => ({
    text: `The sensors of ${p.codes.length} homes sent what cannot be read, in the last day: ${codesEn(p.codes)}`,
    hint: 'npm run -s pact -- sensor show <id> says why.',
  }),
  sensors: ({ count }) => ({ text: `${count} sensors are well` }),
  messagesStuck: ({ count }) => ({
    text: `${count} messages were due and have not gone out`,
    hint: 'See whether the service runs, and look for errors of messaging in its log.',
  }),
  messagesFailed: ({ count }) => ({
    text: `${count} messages failed in the last day`,
    hint: 'See on the board whose they are, and correct the numbers.',
  }),
  messages: () => ({ text: 'No message is stuck' }),
  alertsOverdue: (p) => ({
    text: `The next step of ${p.codes.length} alerts is overdue: ${codesEn(p.codes)}`,
    hint: 'Call the stewards now, and see whether the service runs.',
  }),
  alerts: ({ count }) => ({
    text: count === 0 ? 'No alert is open' : `${count} open alerts, all steps on time`,
  }),
  clockBack: ({ minutes }) => ({
    text: `This machine’s clock is ${minutes} minutes behind what is stored`,
    hint: 'Turn on time synchronisation (NTP): with a wrong clock deadlines are judged wrongly.',
  }),
  clock: ({ time }) => ({ text: `The clock is sane: ${time}` }),
  outbox: () => ({
    text: 'Messages stay in the outbox; nobody’s phone rings',
    hint: 'For real use set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM.',
  }),
  gateway: ({ name }) => ({ text: `Messages go out through ${name}` }),
  noCallbacks: () => ({
    text: 'The provider cannot reach us: nobody is called, and what arrived is known only after a minute',
    hint: 'Set PACT_PUBLIC_URL to an address at which the provider reaches us.',
  }),
  portAnswers: ({ what, port }) => ({ text: `${what} answers on port ${port}` }),
  portSilent: ({ what, port }) => ({
    text: `${what} does not answer on port ${port}`,
    hint: 'Start the service (npm start).',
  }),
  portTaken: ({ what, port }) => ({
    text: `Another program answers on port ${port} (${what})`,
    hint: 'Stop that program, or set PACT_HTTP_PORT to another port, and start the service.',
  }),
  accountMissing: () => ({
    text: 'There is no office account yet',
    hint: 'Open the set-up link that the service shows in its terminal when it starts.',
  }),
  account: () => ({ text: 'There is an office account' }),
  ...BRIDGE_EN,
  ...DRILLS_EN,
};

export type DoctorKey = keyof typeof zh;
export const DOCTOR_TEXT: Record<Language, DoctorText> = { 'zh-CN': zh, en };
