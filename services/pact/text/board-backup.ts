/** What the settings page says of backups. The Chinese is the model. */
export type BackupText = typeof zh;

const zh = {
  title: '备份',
  lead: '备份里有全部资料,加密成一个文件。机器丢了,有备份和纸上的恢复密钥,就能在另一台机器上接着用。',
  last: '最近一次',
  size: '大小',
  checked: '核对',
  checkedHow: '备好后试恢复过一次,逐表核对无误',
  file: '文件',
  where: '放在哪里',
  inFolder: '每夜的备份文件夹(服务设置里的 PACT_BACKUP_DIR)',
  byHand: '用命令备份时指定的地方',
  nightly: '每夜自动备份',
  on: '已开,每夜 3:15 以后',
  off: '没有开。请管服务的人插上另一块盘,设置 PACT_BACKUP_DIR 后重启。',
  megabytes: (size: string) => `${size} MB`,
  never: '还没有备份过。请管服务的人运行 npm run -s pact -- backup,把恢复密钥抄在纸上收好。',
  old: '最近一次备份已超过一天半,这以后的资料没有备份。请管服务的人查看。',
  failed: (at: string, what: string) => `${at} 的备份没有成功:${what}`,
  failures: {
    NOT_FOUND: '还没有恢复密钥。请管服务的人运行一次 npm run -s pact -- backup,把密钥抄在纸上。',
    BACKUP_FAILED: '备份盘没有插、满了,或者不让写。请管服务的人插好盘、腾出空间,半小时内会自动再试。',
  } as Readonly<Record<string, string>>,
  otherFailure: (code: string) => `${code}。请管服务的人运行 npm run -s pact -- doctor,照它说的做。`,
};

const en: BackupText = {
  title: 'Backups',
  lead: 'A backup holds everything, sealed, in one file. If the machine is lost, it and the recovery key on paper bring all of it back on another one.',
  last: 'last one',
  size: 'size',
  checked: 'checked',
  checkedHow: 'restored once after it was made, and compared table by table',
  file: 'file',
  where: 'where',
  inFolder: 'the folder of every night (PACT_BACKUP_DIR in the service’s settings)',
  byHand: 'where the command for it said',
  nightly: 'every night',
  on: 'on, from 3:15 on',
  off: 'Off. Whoever runs the service should plug in another disk, set PACT_BACKUP_DIR and restart.',
  megabytes: (size) => `${size} MB`,
  never:
    'There has never been a backup. Whoever runs the service should run npm run -s pact -- backup and write the recovery key on paper.',
  old: 'The last backup is more than a day and a half old, and nothing since is in one. Whoever runs the service should look.',
  failed: (at, what) => `The backup of ${at} failed: ${what}`,
  failures: {
    NOT_FOUND:
      'there is no recovery key yet. Whoever runs the service should run npm run -s pact -- backup once and write the key on paper.',
    BACKUP_FAILED:
      'its disk is not plugged in, is full, or may not be written to. Whoever runs the service should plug it in or make room; it is tried again within half an hour.',
  },
  otherFailure: (code) =>
    `${code}. Whoever runs the service should run npm run -s pact -- doctor and do what it says.`,
};

export const BACKUP_TEXT = { 'zh-CN': zh, en };
