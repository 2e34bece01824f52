import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PersonView } from '#contracts/http/register/person.ts';
import { REGISTER_TEXT, type RegisterText } from '#pact/text/board-register.ts';
import { get, patch, post, remove } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { EditSheet, type FormField, type FormValues } from './edit-sheet.tsx';

const KINDS = ['steward', 'neighbour', 'office', 'family'] as const;
const CHANNELS = ['sms', 'voice'] as const;

/** Stewards, neighbours, the office and families: how they are reached, and how many homes they look after. */
export function PeopleList({ communityId }: { communityId: string }) {
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.persons;
  const queries = useQueryClient();
  const [open, setOpen] = useState<PersonView | 'new'>();
  const query = useQuery({
    queryKey: ['people', communityId],
    queryFn: async () =>
      (await get<{ items: PersonView[] }>(`/stewards?community=${communityId}&limit=500`)).items,
  });
  const again = () => queries.invalidateQueries({ queryKey: ['people', communityId] });
  if (!query.data) {
    return query.isError ? (
      <ProblemNote problem={query.error} />
    ) : (
      <p className="hint" role="status">
        {words.loading}
      </p>
    );
  }
  return (
    <>
      <div className="find">
        <p className="hint">{labels.lead}</p>
        <button type="button" className="button strong" onClick={() => setOpen('new')}>
          {labels.add}
        </button>
      </div>
      {query.data.length === 0 ? <p className="hint">{labels.none}</p> : null}
      {KINDS.map((kind) => {
        const some = query.data.filter((person) => person.kind === kind);
        return some.length === 0 ? null : (
          <section key={kind} aria-label={labels.kinds[kind]}>
            <h3>
              {labels.kinds[kind]} <small>{some.length}</small>
            </h3>
            <ul className="home-list">
              {some.map((person) => (
                <Person key={person.id} person={person} onEdit={() => setOpen(person)} onChange={again} />
              ))}
            </ul>
          </section>
        );
      })}
      {open ? (
        <EditSheet
          title={open === 'new' ? labels.add : open.name}
          draftKey={open === 'new' ? `person.new.${communityId}` : `person.${open.id}`}
          fields={fieldsOf(labels, open === 'new' ? undefined : open.kind)}
          values={open === 'new' ? { kind: 'steward', channels: ['sms'] } : valuesOf(open)}
          onSave={async (changes) => {
            if (open === 'new') await post('/stewards', { communityId, kind: 'steward', ...given(changes) });
            else await patch(`/stewards/${open.id}`, changes);
            void again();
          }}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </>
  );
}

const given = (changes: FormValues): FormValues =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));

const valuesOf = ({ name, phone, code, channels, dailyAt }: PersonView): FormValues => ({
  name,
  phone,
  code,
  channels,
  dailyAt,
});

const fieldsOf = (labels: RegisterText['persons'], kind: PersonView['kind'] | undefined): FormField[] => [
  ...(kind === undefined
    ? [
        {
          kind: 'choice' as const,
          name: 'kind',
          label: labels.kind,
          none: labels.kinds.steward,
          options: KINDS.map((value) => ({ value, label: labels.kinds[value] })),
        },
      ]
    : []),
  { kind: 'text', name: 'name', label: labels.name, required: true, most: 12 },
  { kind: 'tel', name: 'phone', label: labels.phone, required: true, most: 30 },
  { kind: 'text', name: 'code', label: labels.code, most: 16 },
  {
    kind: 'many',
    name: 'channels',
    label: labels.channels,
    options: CHANNELS.map((value) => ({ value, label: labels.channelKinds[value] })),
  },
  ...(kind === 'family' ? [{ kind: 'time' as const, name: 'dailyAt', label: labels.dailyAt }] : []),
];

function Person(props: { person: PersonView; onEdit: () => void; onChange: () => Promise<void> }) {
  const common = useText();
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.persons;
  const { run, pending } = useAction();
  const [asking, setAsking] = useState(false);
  const { person } = props;
  async function takeOut() {
    if (await run(() => remove(`/stewards/${person.id}`), labels.removed)) await props.onChange();
  }
  return (
    <li>
      <div className="person">
        <b>{person.name}</b>
        <span>{person.phone}</span>
        <span>{person.channels.map((channel) => labels.channelKinds[channel]).join(common.listJoin)}</span>
        <span>{labels.homes(person.households)}</span>
        <span className="actions">
          <button
            type="button"
            className="link"
            aria-label={`${words.edit}: ${person.name}`}
            onClick={props.onEdit}
          >
            {words.edit}
          </button>
          <button
            type="button"
            className="link"
            aria-label={`${words.remove}: ${person.name}`}
            aria-expanded={asking}
            onClick={() => setAsking(!asking)}
          >
            {words.remove}
          </button>
        </span>
      </div>
      {asking ? (
        <div className="amber box" role="alert">
          <p>{labels.removeLead(person.name, person.households)}</p>
          <button type="button" className="button danger" disabled={pending} onClick={() => void takeOut()}>
            {words.remove}
          </button>
        </div>
      ) : null}
    </li>
  );
}
