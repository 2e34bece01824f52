import type { TodayView } from '#contracts/http/today.ts';

/** The numbers of the homes whose deadline is past and that nobody and nothing has seen, for who goes round by hand. */
export const unseenCodes = ({ homes, now }: Pick<TodayView, 'homes' | 'now'>): string[] =>
  homes
    .filter(
      ({ state, deadlineAt }) =>
        state === 'missed' ||
        state === 'going' ||
        (state === 'awaiting' && deadlineAt !== null && Date.parse(deadlineAt) <= Date.parse(now)),
    )
    .map(({ code }) => code);
