import { list, listEn, type Said } from './doctor-bridge.ts';

type Minutes = { minutes: number };
type Names = { names: readonly string[] };
type Count = { count: number };
type Gone = { host: string; pid: number; services: readonly string[]; minutes: number };

/** What the check-up says of causes that the chaos drills make; part of its text. */
export const DRILLS_ZH = {
  escalation: (): Said => ({ text: '呼叫在推进' }),
  escalationNever: (): Said => ({ text: '呼叫从没有推进过', hint: '服务没有运行过：请运行 npm start' }),
  escalationStale: ({ minutes }: Minutes): Said => ({
    text: `已 ${minutes} 分钟没有推进呼叫，短信和电话发不出去`,
    hint: '请启动带 escalation 的进程，并看它的日志；来不及就先人工巡查',
  }),
  processes: ({ count }: Count): Said => ({ text: `本机有 ${count} 个服务进程在运行` }),
  roll: ({ counts }: { counts: readonly string[] }): Said => ({
    text: `各服务在运行的进程：${list(counts)}`,
  }),
  processGone: ({ host, pid, services, minutes }: Gone): Said => ({
    text: `${host} 上的进程 ${pid}（${list(services)}）已 ${minutes} 分钟没有动静，也没有正常退出`,
    hint: '请在那台机器上重新启动它，并看它的日志；若是有意撤掉的，七天后不再提示',
  }),
  processStopped: ({ names }: Names): Said => ({
    text: `进程被暂停（SIGSTOP），什么都不做：${list(names)}`,
    hint: '请运行 kill -CONT <进程号>，或重新启动服务；并查明是谁暂停的',
  }),
  filesScarce: ({ pid, open, most }: { pid: number; open: number; most: number }): Said => ({
    text: `进程 ${pid} 打开的文件和连接快到上限（${open}/${most}）`,
    hint: '请把 LimitNOFILE（或 ulimit -n）调到 65536 后重新启动',
  }),
  databaseDiskFull: (): Said => ({
    text: '数据库的磁盘写满了，传感器的消息进不来',
    hint: '请清理磁盘；腾出空间后它会自己恢复，已收下的不会丢',
  }),
  databaseCrowdedOut: (): Said => ({
    text: '数据库的连接用完了',
    hint: '请停掉多余的程序，或调大 max_connections',
  }),
  databaseRefuses: ({ code }: { code: string }): Said => ({
    text: `数据库拒绝我们（${code}）`,
    hint: '请核对 DATABASE_URL 里的用户、密码和库名，以及服务器的 pg_hba.conf',
  }),
  databaseStarting: (): Said => ({ text: '数据库正在启动、恢复或停止', hint: '请等一分钟再查' }),
  databaseFrozen: (): Said => ({
    text: '数据库连得上但不回答',
    hint: '请看数据库的机器是否卡死、进程是否被暂停（kill -CONT），磁盘是否还能写',
  }),
  databaseCrowded: ({ open, most }: { open: number; most: number }): Said => ({
    text: `数据库的连接快用完了（${open}/${most}）`,
    hint: '请停掉多余的程序，或调大 max_connections；每个服务进程约用 30 个',
  }),
  clockDiffers: ({ seconds }: { seconds: number }): Said => ({
    text: `本机时钟与数据库的相差 ${seconds} 秒`,
    hint: '请在两台机器上都开启时间同步（NTP）；时钟不准，到时就判不准',
  }),
  redis: (): Said => ({ text: 'Redis 可用，不会丢任务' }),
  redisAway: (): Said => ({
    text: 'Redis 连不上；呼叫改由巡检发出，最多晚两秒',
    hint: '请启动 Redis，并核对 REDIS_URL 和密码；别的不用做',
  }),
  redisUnsafe: (): Said => ({
    text: 'Redis 可能丢任务：没有开 appendonly，或淘汰策略不是 noeviction',
    hint: '请改这两项；服务重新启动时会拒绝这样的 Redis',
  }),
  providerFailing: ({
    name,
    failure,
    minutes,
  }: {
    name: string;
    failure: string;
    minutes: number;
  }): Said => ({
    text: `${name} 已有 ${minutes} 分钟发不出去（${failure}）`,
    hint: '原因见 docs/errors.md 的表；请看服务商的控制台和网络，必要时人工巡查',
  }),
  providerSlow: ({ seconds }: { seconds: number }): Said => ({
    text: `服务商收下短信要 ${seconds} 秒（近一小时，十条里最慢的一条）`,
    hint: '请看网络和服务商的控制台；若在排队，请换更快的发送方或降低 TWILIO_PER_SECOND',
  }),
  failing: ({ failures }: { failures: readonly string[] }): Said => ({
    text: `近一小时的失败：${list(failures)}`,
    hint: '每个词的意思和办法见 docs/errors.md',
  }),
  notReady: ({ part, why }: { part: string; why: string }): Said => ({
    text: `运行中的服务说 ${part} 不正常：${why}`,
    hint: '请看 docs/runbook.md 里这一项，和服务的日志',
  }),
  ready: (): Said => ({ text: '运行中的服务说一切就绪' }),
  serviceFrozen: ({ port }: { port: number }): Said => ({
    text: `端口 ${port} 接得通，但服务两秒内不回答`,
    hint: '请看进程是否被暂停或忙死（top），必要时重新启动；已收下的不会丢',
  }),
  flood: ({ count }: Count): Said => ({
    text: `有传感器刷屏：启动以来拒绝了 ${count} 次`,
    hint: '这里没有点名的话，看板上反复上线又离线的就是。请停用它或更换设备。别的传感器不受影响',
  }),
  floodBy: ({ sensorId, code, count }: { sensorId: string; code: string | null; count: number }): Said => ({
    text: `传感器 ${sensorId}${code ? `（${code}号）` : ''}刷屏：十分钟里说了 ${count} 次`,
    hint: '请停用它或更换设备。别的传感器不受影响',
  }),
  doorFull: ({ open, most }: { open: number; most: number }): Said => ({
    text: `传感器的连接快到上限（${open}/${most}）`,
    hint: '断电恢复后的一阵很正常，几分钟内会自己好；一直如此请调大 PACT_MQTT_MAX_CONNECTIONS',
  }),
  doorRefused: ({ count }: Count): Said => ({
    text: `因连接数到上限，拒绝过 ${count} 次传感器连接`,
    hint: '它们会再连；若还在增加，请调大 PACT_MQTT_MAX_CONNECTIONS 和 LimitNOFILE',
  }),
  backup: ({ hours }: { hours: number }): Said => ({ text: `最近一次备份在 ${hours} 小时前` }),
  backupNever: (): Said => ({
    text: '还没有备份过',
    hint: '请运行 npm run -s pact -- backup，把恢复密钥抄在纸上，再设置 PACT_BACKUP_DIR',
  }),
  backupOld: ({ days }: { days: number }): Said => ({
    text: `最近一次备份在 ${days} 天前`,
    hint: '请运行 npm run -s pact -- backup；每夜自动备份请设置 PACT_BACKUP_DIR',
  }),
  backupFailed: ({ code }: { code: string }): Said => ({
    text: `最近一次备份没有做成（${code}）`,
    hint: '请看备份盘是否插着、有没有空间，再运行 npm run -s pact -- backup',
  }),
  backupSameDisk: (): Said => ({
    text: '备份和数据在同一块磁盘上',
    hint: '磁盘坏了两样都没有；请把 PACT_BACKUP_DIR 设到另一块盘（并确认它已挂上）',
  }),
};

type DrillsText = { [K in keyof typeof DRILLS_ZH]: (...p: Parameters<(typeof DRILLS_ZH)[K]>) => Said };

export const DRILLS_EN: DrillsText = {
  escalation: () => ({ text: 'Pages are moved on' }),
  escalationNever: () => ({
    text: 'No page was ever moved on',
    hint: 'The service has never run: npm start.',
  }),
  escalationStale: ({ minutes }) => ({
    text: `No page was moved on for ${minutes} minutes: neither SMS nor calls go out`,
    hint: 'Start the process with escalation and read its log; where time is short, begin the manual round.',
  }),
  processes: ({ count }) => ({ text: `${count} processes of the service run on this machine` }),
  roll: ({ counts }) => ({ text: `Processes that run, by service: ${listEn(counts)}` }),
  processGone: ({ host, pid, services, minutes }) => ({
    text: `Process ${pid} on ${host} (${listEn(services)}) was not heard for ${minutes} minutes, and said no goodbye`,
    hint: 'Start it again there and read its log; one that was taken away for good is forgotten after seven days.',
  }),
  processStopped: ({ names }) => ({
    text: `Processes are stopped (SIGSTOP) and do nothing: ${listEn(names)}`,
    hint: 'kill -CONT <pid>, or restart the service; find out who stopped them.',
  }),
  filesScarce: ({ pid, open, most }) => ({
    text: `Process ${pid} is near its limit of open files and connections (${open} of ${most})`,
    hint: 'Set LimitNOFILE (or ulimit -n) to 65536 and restart.',
  }),
  databaseDiskFull: () => ({
    text: 'The database’s disk is full: what sensors say cannot be stored',
    hint: 'Make room; it goes on by itself, and nothing that was acknowledged is lost.',
  }),
  databaseCrowdedOut: () => ({
    text: 'The database has no connections left',
    hint: 'Stop what else uses it, or raise max_connections.',
  }),
  databaseRefuses: ({ code }) => ({
    text: `The database refuses us (${code})`,
    hint: 'Check user, password and name in DATABASE_URL, and the server’s pg_hba.conf.',
  }),
  databaseStarting: () => ({
    text: 'The database is starting, recovering or stopping',
    hint: 'Look again in a minute.',
  }),
  databaseFrozen: () => ({
    text: 'The database takes connections and does not answer',
    hint: 'See whether its machine hangs, its processes are stopped (kill -CONT), and its disk can be written.',
  }),
  databaseCrowded: ({ open, most }) => ({
    text: `The database has few connections left (${open} of ${most} in use)`,
    hint: 'Stop what else uses it, or raise max_connections; each process of ours takes about 30.',
  }),
  clockDiffers: ({ seconds }) => ({
    text: `This machine’s clock and the database’s are ${seconds} seconds apart`,
    hint: 'Turn on time synchronisation (NTP) on both: with a wrong clock deadlines are judged wrongly.',
  }),
  redis: () => ({ text: 'Redis is there and forgets no job' }),
  redisAway: () => ({
    text: 'Redis cannot be reached; pages go out by the sweep, up to two seconds later',
    hint: 'Start Redis; check REDIS_URL and its password. Nothing else needs doing.',
  }),
  redisUnsafe: () => ({
    text: 'Redis may forget jobs: appendonly is off, or its eviction policy is not noeviction',
    hint: 'Change both: the service refuses such a Redis at its next start.',
  }),
  providerFailing: ({ name, failure, minutes }) => ({
    text: `${name} has been failing for ${minutes} minutes (${failure})`,
    hint: 'docs/errors.md says what that is; look at the provider’s console and the line out, and begin the manual round if need be.',
  }),
  providerSlow: ({ seconds }) => ({
    text: `The provider takes ${seconds} seconds to accept a message (one in ten of the last hour, or longer)`,
    hint: 'Look at the line out and the provider’s console; where messages queue, a faster sender, or a lower TWILIO_PER_SECOND.',
  }),
  failing: ({ failures }) => ({
    text: `Failures of the last hour: ${listEn(failures)}`,
    hint: 'docs/errors.md says what each word means and what to do.',
  }),
  notReady: ({ part, why }) => ({
    text: `The running service says that ${part} is not well: ${why}`,
    hint: 'docs/runbook.md has it by that name; read the log of the service.',
  }),
  ready: () => ({ text: 'The running service says that all is ready' }),
  serviceFrozen: ({ port }) => ({
    text: `Port ${port} takes connections, and the service does not answer within two seconds`,
    hint: 'See whether the process is stopped or overloaded (top), and restart it if need be; nothing acknowledged is lost.',
  }),
  flood: ({ count }) => ({
    text: `A sensor floods: it was refused ${count} times since the start`,
    hint: 'Where none is named here, it is the one that comes and goes on the board all the time. Retire it or replace the device; no other sensor suffers.',
  }),
  floodBy: ({ sensorId, code, count }) => ({
    text: `Sensor ${sensorId}${code ? ` (home ${code})` : ''} floods: it said something ${count} times in ten minutes`,
    hint: 'Retire it or replace the device; no other sensor suffers.',
  }),
  doorFull: ({ open, most }) => ({
    text: `Sensors’ connections are near the limit (${open} of ${most})`,
    hint: 'After a power cut that passes within minutes; where it stays, raise PACT_MQTT_MAX_CONNECTIONS.',
  }),
  doorRefused: ({ count }) => ({
    text: `Sensors were refused ${count} times because there were too many connections`,
    hint: 'They come again; if it grows, raise PACT_MQTT_MAX_CONNECTIONS and LimitNOFILE.',
  }),
  backup: ({ hours }) => ({ text: `The last backup was made ${hours} hours ago` }),
  backupNever: () => ({
    text: 'There has never been a backup',
    hint: 'npm run -s pact -- backup, write the recovery key on paper, then set PACT_BACKUP_DIR.',
  }),
  backupOld: ({ days }) => ({
    text: `The last backup is ${days} days old`,
    hint: 'npm run -s pact -- backup; set PACT_BACKUP_DIR for one every night.',
  }),
  backupFailed: ({ code }) => ({
    text: `The last backup failed (${code})`,
    hint: 'See whether its disk is there and has room, then npm run -s pact -- backup.',
  }),
  backupSameDisk: () => ({
    text: 'Backups lie on the same disk as the data',
    hint: 'One disk that dies takes both: set PACT_BACKUP_DIR to another one, and see that it is mounted.',
  }),
};
