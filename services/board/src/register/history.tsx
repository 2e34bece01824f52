import { useQuery } from '@tanstack/react-query';
import type { RegisterChange } from '#contracts/http/register/household.ts';
import { REGISTER_TEXT, type RegisterText } from '#pact/text/board-register.ts';
import { get } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { momentOf } from './moment.ts';
import { Section } from './section.tsx';

/** Every change of a home: when, by whom, what, from what to what. */
export function History({ id, timeZone }: { id: string; timeZone: string }) {
  const words = useTextOf(REGISTER_TEXT);
  const query = useQuery({
    queryKey: ['history', id],
    queryFn: async ({ signal }) =>
      (await get<{ items: RegisterChange[] }>(`/households/${id}/history`, signal)).items,
  });
  return (
    <Section title={words.history.title}>
      {query.isError ? <ProblemNote problem={query.error} /> : null}
      {query.data?.length === 0 ? <p className="hint">{words.history.none}</p> : null}
      <ul className="lines">
        {query.data?.map((change) => (
          <li key={change.id}>
            <small>
              {momentOf(change.at, timeZone)} {words.history.who(change.who)}
            </small>{' '}
            <span>{sentenceOf(change, words)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function sentenceOf(change: RegisterChange, words: RegisterText): string {
  const { history } = words;
  const subject = history.subjects[change.subject] ?? change.subject;
  const about = change.about ? ` ${change.about}` : '';
  const head = `${history.kinds[change.kind]} ${subject}${about}`;
  const names = [...new Set([...Object.keys(change.before), ...Object.keys(change.after)])];
  const fields = names.flatMap((name) => {
    const label = history.fields[name];
    if (!label) return [];
    const [from, to] = [said(change.before[name], words), said(change.after[name], words)];
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
  } as Record<string, string>;
  return known[text] ?? text;
}
