type Made = { file: string; bytes: number; rows: number; verified: 'beside' | 'apart' };
type Restored = { madeAt: string; rows: number; openAlerts: readonly string[]; aside: string | null };
type Done = { table: string; rows: number };

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 10e6 ? 2 : 0);

/** What the command line says of backups; part of the terminal's text. */
export const BACKUP_ZH = {
  backupMade: ({ file, bytes, rows, verified }: Made) =>
    `备份已写好，并试恢复核对过（${rows} 行，${megabytes(bytes)} MB${verified === 'apart' ? '，在临时数据库里核对' : ''}）：\n${file}`,
  recoveryKey: (key: string): string[] => [
    '',
    '恢复密钥（只显示这一次，本机不保存）：',
    key,
    '请抄在纸上，锁好，一式两份，不要和备份放在一起。',
    '没有它，备份谁也打不开；机器坏了，只有它和备份文件能把一切找回来。',
    '以后的备份都用同一把，不再显示；丢了请运行 backup --new-key 换一把，旧备份仍要旧的才能打开。',
  ],
  restoreProgress: ({ table, rows }: Done) => `  ${table}：${rows} 行`,
  restored: ({ madeAt, rows, openAlerts, aside }: Restored): string[] => [
    `已恢复到 ${madeAt} 的备份（${rows} 行），逐表核对无误。`,
    ...(aside ? [`原来的数据库没有删，改名为 ${aside}。`] : []),
    ...(openAlerts.length > 0
      ? [
          `备份时有 ${openAlerts.length} 户的预警还没有了结：${openAlerts.join('、')}。服务一启动就接着往下呼叫，备份之后谁答应过已无从知道，请先打电话告知。`,
        ]
      : []),
    '备份之后作废的令牌、账号和链接又有效了，请再作废一次；备份之后的记录要补登。现在可以启动服务：npm start',
  ],
  recoveryKeyWanted: '请输入恢复密钥（AGE-SECRET-KEY-1…），回车后按 Ctrl-D：',
  noRecoveryKey: '这不是恢复密钥。它以 AGE-SECRET-KEY-1 开头，共 74 个字符；请从标准输入或 --key-file 给出。',
  badRecipient: '收件公钥以 age1 开头，共 62 个字符。',
};

export type BackupText = typeof BACKUP_ZH;

export const BACKUP_EN: BackupText = {
  backupMade: ({ file, bytes, rows, verified }) =>
    `The backup is written, and was restored once to check it (${rows} rows, ${megabytes(bytes)} MB${verified === 'apart' ? ', in a database made for that' : ''}):\n${file}`,
  recoveryKey: (key) => [
    '',
    'The recovery key (shown only now, and kept nowhere on this machine):',
    key,
    'Write it on paper, twice, lock it away, and not where the backups are.',
    'Nobody opens a backup without it. When the machine is lost, it and a backup bring everything back.',
    'Later backups use the same key and do not show it. Is it lost? backup --new-key makes another; old backups need the old one.',
  ],
  restoreProgress: ({ table, rows }) => `  ${table}: ${rows} rows`,
  restored: ({ madeAt, rows, openAlerts, aside }) => [
    `Restored to the backup of ${madeAt} (${rows} rows); every table was compared.`,
    ...(aside ? [`The database of before was not removed: it is called ${aside} now.`] : []),
    ...(openAlerts.length > 0
      ? [
          `The alerts of ${openAlerts.length} homes were open then: ${openAlerts.join(', ')}. Paging goes on when the service starts, and who has answered since the backup is not known: call them first.`,
        ]
      : []),
    'Tokens, accounts and links that were revoked since the backup are valid again: revoke them once more. What was recorded since is to be recorded again. Now start the service: npm start',
  ],
  recoveryKeyWanted: 'The recovery key (AGE-SECRET-KEY-1…), then Enter and Ctrl-D:',
  noRecoveryKey:
    'This is no recovery key. It begins with AGE-SECRET-KEY-1 and has 74 characters; give it on standard input or by --key-file.',
  badRecipient: 'A recipient begins with age1 and has 62 characters.',
};
