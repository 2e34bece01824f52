/** The plain page that stands in for the board where it has not been built. */
type BoardMissingText = { title: string; what: string; how: string };

export const BOARD_MISSING: Record<'zh-CN' | 'en', BoardMissingText> = {
  'zh-CN': {
    title: '窗帘之约 · 看板还没有生成',
    what: '服务正在运行，但这里没有看板的网页文件。',
    how: '请在项目文件夹中运行 npm run build，然后重新启动服务。',
  },
  en: {
    title: 'Curtain Pact · the board has not been built',
    what: 'The service is running, but the files of its board are not here.',
    how: 'Run npm run build in the project folder, then start the service again.',
  },
};
