import type { BoardText, EntryKind } from './board.ts';

/** What happened to an alert, as its timeline keeps it. */
export type TimelineEntry = {
  at: string;
  kind: string;
  person: string | null;
  role: string | null;
  detail: Record<string, unknown>;
};
type TimeOf = (instant: string) => string;

/** One line of an alert's timeline in words; a kind that the board does not know is shown by its name. */
export function describeEntry(entry: TimelineEntry, words: BoardText, timeOf: TimeOf): string {
  const say = words.entries[entry.kind as EntryKind] as ((value: string) => string) | undefined;
  if (!say) return entry.kind;
  if (entry.kind === 'step_reached') return describeStep(entry, words);
  if (entry.kind === 'outcome_recorded') {
    const outcome = (words.outcomes as Record<string, string>)[String(entry.detail.outcome)] ?? '';
    return say(entry.person ? `${outcome}(${entry.person})` : outcome);
  }
  if (entry.kind === 'signal_seen') return say(givenAt(entry, timeOf));
  if (entry.kind === 'noted') return say(String(entry.detail.note ?? ''));
  const who = entry.person ?? roleOf(entry.role, words) ?? words.office;
  // Taken back before it was sent, because nobody needed to go any more: no failure.
  if (entry.kind === 'page_failed' && entry.detail.failure === 'stood_down') return words.pageNotNeeded(who);
  if (entry.kind === 'reply_received' && typeof entry.detail.text === 'string') {
    return `${say(who)} ${entry.detail.text}`;
  }
  return say(who);
}

function describeStep(entry: TimelineEntry, words: BoardText): string {
  if (entry.detail.emergency === true && entry.detail.pages !== 1) return words.stepEmergency;
  const roles = Array.isArray(entry.detail.roles) ? entry.detail.roles.map(String) : [];
  if (roles.length === 0) return words.stepNobody;
  return words.entries.step_reached(roles.map((role) => roleOf(role, words) ?? role).join(words.listJoin));
}

/** When a sign of life was given, where that was another minute than its arrival. */
function givenAt({ at, detail }: TimelineEntry, timeOf: TimeOf): string {
  if (typeof detail.at !== 'string') return '';
  const given = timeOf(detail.at);
  return given === timeOf(at) ? '' : given;
}

const roleOf = (role: string | null, words: BoardText): string | undefined =>
  role ? (words.roles as Record<string, string>)[role] : undefined;
