import { Command, Option } from 'commander';
import { wholeNumber } from './whole-number.ts';

export type DemoOptions = {
  /** Without a person: to nine o'clock, then the summary, then the end. */
  once: boolean;
  json: boolean;
  /** Keeps the data folder of a run with --once. */
  keep: boolean;
  speed: number;
  /** How fast the clock runs before the deadline. */
  speedBefore: number;
  seed: number;
  port: number;
  language: 'zh-CN' | 'en';
  /** Whether some of the homes have devices of other makers, by an operator's broker and the bridge. */
  sources: 'own' | 'mixed';
  /** Two processes of each kind over Redis; one of each is killed just before the deadline. */
  scaleOut: boolean;
};

/**
 * At 60 a person can follow. Without one the morning fits into a minute with the making of its database: it
 * hurries to the deadline, and from there on goes slowly enough that a machine's milliseconds stay seconds.
 */
const SPEED = { watched: 60, once: 120, hurried: 600, most: 600 };

/** Reads the command line; `environment` gives the language of the terminal, Chinese unless it says English. */
export function readDemoOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): DemoOptions {
  const command = new Command('npm run demo --')
    .description('45 homes, 35 stewards, one morning · 45 户人家、35 位红管家的一个早晨')
    .option('--once', 'run to 09:00 without a person, then end · 无人值守跑到 9:00 就结束', false)
    .option(
      '--json',
      'print one JSON object and nothing else; implies --once · 只输出一个 JSON,等于同时用了 --once',
      false,
    )
    .option('--keep', 'keep the data folder of a run with --once · 保留数据目录', false)
    .option(
      '--speed <n>',
      `clock speed, ${SPEED.watched} or with --once ${SPEED.once} · 时钟倍速`,
      wholeNumber(1, SPEED.most),
    )
    .option('--seed <n>', 'another seed, another morning · 随机种子', wholeNumber(0, 2_000_000), 1)
    .option('--port <n>', 'port of the board, 0 for a free one · 看板端口', wholeNumber(0, 65_535), 0)
    .addOption(new Option('--language <code>', 'zh or en · 语言').choices(['zh', 'en']))
    .addOption(
      new Option('--sources <kind>', 'mixed: devices of other makers too · mixed 表示也有其他厂家的设备')
        .choices(['own', 'mixed'])
        .default('own'),
    )
    .addOption(
      new Option(
        '--scale-out',
        'two processes of each kind on Redis, one of each killed at 07:59:58 · 每种服务跑两个进程，7:59:58 各杀掉一个',
      )
        .default(false)
        .conflicts('sources'),
    )
    .parse(argv as string[]);
  const given = command.opts<
    Omit<DemoOptions, 'language' | 'speed' | 'speedBefore'> & { speed?: number; language?: 'zh' | 'en' }
  >();
  const once = given.once || given.json;
  const terminal = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '';
  const language = given.language ?? (/^en/i.test(terminal) ? 'en' : 'zh');
  return {
    ...given,
    once,
    speed: given.speed ?? (once ? SPEED.once : SPEED.watched),
    speedBefore: given.speed ?? (once ? SPEED.hurried : SPEED.watched),
    language: language === 'en' ? 'en' : 'zh-CN',
  };
}
