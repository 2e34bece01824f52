import type { Language } from './language.ts';

/** What stands on a decal at a home's door. */
export type DecalText = {
  number: (code: string) => string;
  line: string;
  title: (community: string) => string;
};

export const DECAL_TEXT: Record<Language, DecalText> = {
  'zh-CN': {
    number: (code) => `${code}号`,
    line: '扫码报到 · 窗帘之约',
    title: (community) => `${community} 窗花贴`,
  },
  en: {
    number: (code) => `No. ${code}`,
    line: 'Scan on arrival · Curtain Pact',
    title: (community) => `${community}: door decals`,
  },
};

/** So many are printed on one sheet. */
export const DECALS_ON_A_SHEET = 6;

/** So many homes may be chosen by hand for one print. */
export const MOST_DECALS_CHOSEN = 200;
