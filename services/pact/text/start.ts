import type { Language } from './language.ts';

type Addresses = {
  http: string;
  publicUrl?: string | undefined;
  /** Where a process without the board tells of its health. */
  operations?: string | undefined;
  mqtt?: string | undefined;
  mqtts?: string | undefined;
  ws?: string | undefined;
  setupLink?: string | undefined;
};

/** What `npm start` says in the terminal. The Chinese is the model: a key that the English lacks does not compile. */
const zh = {
  running: ({ http, publicUrl, operations, mqtt, mqtts, ws, setupLink }: Addresses): string[] => [
    '窗帘之约正在运行。按 Ctrl-C 停止。',
    ...(http ? [`  看板      ${publicUrl ?? http}`] : []),
    ...(operations ? [`  健康      ${operations}/readyz`] : []),
    ...[mqtt, mqtts, ws].flatMap((address) => (address ? [`  传感器    ${address}`] : [])),
    ...(setupLink
      ? ['', '还没有任何账号。请用下面的一次性链接建立第一个账号(24 小时内有效):', `  ${setupLink}`]
      : []),
  ],
  waitingForDatabase: '正在等待数据库…',
  stopping: '正在停止…',
};

const en: typeof zh = {
  running: ({ http, publicUrl, operations, mqtt, mqtts, ws, setupLink }) => [
    'Curtain Pact is running. Press Ctrl-C to stop it.',
    ...(http ? [`  board     ${publicUrl ?? http}`] : []),
    ...(operations ? [`  health    ${operations}/readyz`] : []),
    ...[mqtt, mqtts, ws].flatMap((address) => (address ? [`  sensors   ${address}`] : [])),
    ...(setupLink
      ? [
          '',
          'Nobody has an account yet. Make the first one by this one-time link (valid for 24 hours):',
          `  ${setupLink}`,
        ]
      : []),
  ],
  waitingForDatabase: 'Waiting for the database …',
  stopping: 'Stopping …',
};

export const START: Record<Language, typeof zh> = { 'zh-CN': zh, en };
