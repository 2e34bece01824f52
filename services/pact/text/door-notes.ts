import type { Language } from './language.ts';

/** What the timeline says of presses at a steward's phone. */
export const DOOR_NOTES: Record<Language, { late: (time: string) => string }> = {
  'zh-CN': { late: (time) => `${time} 在手机上按下,当时没有网络,现在才送到` },
  en: { late: (time) => `Pressed at ${time} on the phone, which had no network until now` },
};
