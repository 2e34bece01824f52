import type { Language } from './language.ts';

export type ManualRoundInput = { community: string; deadline: string; unseen: readonly string[] };

/** What to do by hand when the canary's page did not arrive: for the log, the terminal and the board. */
const ROUND: Record<
  Language,
  { head(input: ManualRoundInput): string; steps: readonly string[]; homes(codes: readonly string[]): string }
> = {
  'zh-CN': {
    head: ({ community, deadline }) =>
      `${community}:${deadline}的哨兵呼叫未按时送达,今早的呼叫可能没有到。请立即人工巡查:`,
    steps: [
      '一、不要等短信。给每位红管家打电话,按下面的户号逐户分派,当面看人。',
      '二、每看一户,在看板上记结果。没有电话的户,直接上门。',
      '三、请管理员查看看板上的红条、短信服务商和本机网络。',
      '四、全部见到人以后,再核对一遍户号。',
    ],
    homes: (codes) =>
      codes.length > 0
        ? `未见平安(${codes.length}户):${codes.join('、')}`
        : '目前没有未见平安的户,呼叫恢复前请继续留意看板。',
  },
  en: {
    head: ({ community, deadline }) =>
      `${community}: the canary page of ${deadline} did not arrive in time, and this morning's pages may not have either. Go round by hand now:`,
    steps: [
      '1. Do not wait for texts. Call each steward, share out the homes below, and have each person seen.',
      '2. Record every outcome on the board as it comes. Go straight to homes without a phone.',
      '3. Have the operator look at the red strip on the board, the SMS provider and this machine’s network.',
      '4. When everybody has been seen, go through the numbers once more.',
    ],
    homes: (codes) =>
      codes.length > 0
        ? `Not seen (${codes.length}): ${codes.join(' ')}`
        : 'Nobody is unseen at the moment. Keep an eye on the board until pages go out again.',
  },
};

/** The manual round, line by line; homes by number only. */
export function manualRound(input: ManualRoundInput, language: Language): string[] {
  const { head, steps, homes } = ROUND[language];
  return [head(input), ...steps, homes(input.unseen)];
}

export const manualRoundSteps = (language: Language): readonly string[] => ROUND[language].steps;
