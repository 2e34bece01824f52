import type { HomeView } from '#contracts/http/today.ts';

/** What a window tells: one colour, one shape and one word for each. */
export type Tone =
  | 'kept'
  | 'late'
  | 'visited'
  | 'awaiting'
  | 'due'
  | 'unusual'
  | 'missed'
  | 'going'
  | 'excused'
  | 'unprotected';

/** What is drawn behind the glass. `bare` is a curtain open without today's paper-cut: nobody opened it today. */
export type Picture = 'flower' | 'drawn' | 'bare' | 'unknown' | 'door' | 'shutters';

export type Look = { readonly tone: Tone; readonly picture: Picture };

/** The last stretch before a deadline, in which an undrawn curtain turns amber. */
const DUE_MS = 30 * 60_000;

/** How a home looks at an instant. Only a proof of today draws the paper-cut (invariants 5 and 6). */
export function lookOf(home: HomeView, nowMs: number): Look {
  switch (home.state) {
    case 'kept':
      return look('kept', 'flower');
    case 'kept_late':
      return look('late', 'flower');
    case 'visited':
      return look('visited', 'door');
    case 'excused':
      return look('excused', 'shutters');
    case 'unprotected':
      return look('unprotected', 'unknown');
    case 'going':
    case 'missed':
      return look(home.state, curtainOf(home));
    case 'awaiting':
      return look(toneOfAwaiting(home, nowMs), curtainOf(home));
    default:
      return home.state satisfies never;
  }
}

const looks = new Map<string, Look>();

/** Equal looks are the same object: a window whose look stays is not drawn again when the clock moves. */
function look(tone: Tone, picture: Picture): Look {
  const key = `${tone}/${picture}`;
  const known = looks.get(key) ?? { tone, picture };
  looks.set(key, known);
  return known;
}

const PICTURES = { open: 'bare', closed: 'drawn', unknown: 'unknown' } as const;
const UNKNOWN_REASONS = new Set(['sensor_silent', 'never_reported', 'not_seen']);

/** The reason that was judged speaks before a sensor that has woken up since. */
const curtainOf = (home: HomeView): Picture =>
  home.reason && UNKNOWN_REASONS.has(home.reason) ? 'unknown' : PICTURES[home.curtain];

/** Her own rhythm speaks before the clock that is the same for everybody. */
function toneOfAwaiting({ lateFrom, deadlineAt }: HomeView, nowMs: number): Tone {
  if (lateFrom !== null && Date.parse(lateFrom) <= nowMs) return 'unusual';
  return deadlineAt !== null && Date.parse(deadlineAt) - nowMs <= DUE_MS ? 'due' : 'awaiting';
}

/** The cards over the façade; each one shows only the homes that it counts. */
export const FILTERS = [
  'enrolled',
  'kept',
  'missed',
  'going',
  'late',
  'visited',
  'awaiting',
  'excused',
  'unknown',
  'unprotected',
] as const;
export type Filter = (typeof FILTERS)[number];

const WAITING: ReadonlySet<Tone> = new Set(['awaiting', 'due', 'unusual']);

/** Whether a home belongs to a card. `unknown` cuts across the ledger's columns: it says that nothing is known. */
export function belongsTo(filter: Filter, look: Look): boolean {
  if (filter === 'enrolled') return true;
  if (filter === 'unknown') return look.picture === 'unknown';
  if (filter === 'awaiting') return WAITING.has(look.tone);
  return look.tone === filter;
}
