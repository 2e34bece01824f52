import type { HomeView } from '#contracts/http/today.ts';
import type { BoardText } from '#pact/text/board.ts';
import { timeOf } from '../today/local-time.ts';
import type { Look } from './look.ts';

/** Where a home is, as people say it: 3栋2单元501. */
export function placeOf(home: Pick<HomeView, 'building' | 'unit' | 'room'>, words: BoardText): string {
  const parts = [
    words.facade.building(home.building),
    home.unit ? words.facade.unit(home.unit) : '',
    home.room,
  ];
  const glue = parts.some((part) => /[a-z]{2}/i.test(part)) ? ', ' : '';
  return parts.filter(Boolean).join(glue);
}

/** The verdict in a few words, for the label under a window. */
export function verdictOf(home: HomeView, look: Look, timeZone: string, words: BoardText): string {
  const time = home.proofAt ? timeOf(home.proofAt, timeZone) : '';
  switch (look.tone) {
    case 'kept':
      return time || words.looks.kept;
    case 'late':
      return time ? `${time} ${words.looks.late}` : words.looks.late;
    case 'missed':
    case 'excused':
      return shortReasonOf(home, words) ?? words.looks[look.tone];
    default:
      return look.picture === 'unknown' && look.tone !== 'going' && look.tone !== 'unprotected'
        ? words.looks.unknown
        : words.looks[look.tone];
  }
}

/** The reason in a sentence; a reason that the board does not know yet is said to be unknown, never hidden. */
export const reasonOf = (reason: string, words: BoardText): string =>
  (words.reasons as Record<string, string>)[reason] ?? words.reasonUnknown;

/**
 * Everything that the window shows, for those who do not see it; it begins with the words that are seen.
 * @param name what stands there of the home: its room, or its number
 */
export function spokenLabel(
  home: HomeView,
  look: Look,
  timeZone: string,
  words: BoardText,
  name = home.room,
): string {
  const seen = `${name} ${verdictOf(home, look, timeZone, words)}`;
  const unknown = look.picture === 'unknown' ? words.legend.unknown : '';
  const reason = home.reason ? reasonOf(home.reason, words) : unknown;
  return [seen, placeOf(home, words), home.salutation, words.looks[look.tone], reason]
    .filter(Boolean)
    .join(', ');
}

const shortReasonOf = (home: HomeView, words: BoardText): string | undefined =>
  home.reason ? (words.shortReasons as Record<string, string>)[home.reason] : undefined;
