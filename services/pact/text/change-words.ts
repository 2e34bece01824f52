import type { RegisterText } from './board-register.ts';

type Change = {
  subject: string;
  kind: 'insert' | 'update' | 'delete';
  /** Whom it is about, where that is a person. */
  about: string | null;
  before: Record<string, unknown>;
  after: Record<string, unknown>;
};

/** A change of the register in words: what, of whom, from what to what. */
export function describeChange(change: Change, words: RegisterText): string {
  const { history } = words;
  const subject = history.subjects[change.subject] ?? change.subject;
  const about = change.about ? ` ${change.about}` : '';
  const head = `${history.kinds[change.kind]} ${subject}${about}`;
  const names = [...new Set([...Object.keys(change.before), ...Object.keys(change.after)])];
  const fields = names.flatMap((name) => {
    const label = history.fields[name];
    if (!label) return [];
    const say = (value: unknown) =>
      name === 'purpose' ? (history.purposes[String(value)] ?? words.none) : said(value, words);
    const [from, to] = [say(change.before[name]), say(change.after[name])];
    if (change.kind === 'insert') return to === words.none ? [] : [`${label} ${to}`];
    if (change.kind === 'delete') return from === words.none ? [] : [`${label} ${from}`];
    return [`${label} ${from} → ${to}`];
  });
  return fields.length > 0 ? `${head}: ${fields.join(', ')}` : head;
}

function said(value: unknown, words: RegisterText): string {
  if (value === null || value === undefined || value === '') return words.none;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (Array.isArray(value)) return value.map((one) => said(one, words)).join('、');
  const text = String(value);
  const known = {
    ...words.resident.mobilities,
    ...words.people.roles,
    ...words.pact.acceptKinds,
    ...words.home.kinds,
  } as Record<string, string>;
  return known[text] ?? text;
}
