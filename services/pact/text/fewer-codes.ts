/** A text from its fullest wording to its barest. */
export type Wordings = readonly [string, ...string[]];

/** Wordings with ever fewer numbers listed, down to none; `listed` is given how many were left out. */
export function withFewerCodes(
  codes: readonly string[],
  say: (shown: readonly string[], leftOut: number) => string,
): Wordings {
  const most = Math.min(codes.length, MOST_CODES);
  const wordings = Array.from({ length: most + 1 }, (_, n) =>
    say(codes.slice(0, most - n), codes.length - (most - n)),
  );
  const [fullest = say([], codes.length), ...barer] = wordings;
  return [fullest, ...barer];
}

/** More numbers than this fit no SMS. */
const MOST_CODES = 40;
