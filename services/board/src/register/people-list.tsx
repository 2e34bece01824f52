import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PersonView } from '#contracts/http/register/person.ts';
import type { RobotView } from '#contracts/http/register/robot.ts';
import { CHANNELS } from '#pact/ladder.ts';
import { REGISTER_TEXT, type RegisterText } from '#pact/text/board-register.ts';
import { get, patch, post, remove } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { usePeopleOf } from '../app/use-people-of.ts';
import { DutySheet } from './duty-sheet.tsx';
import { EditSheet, type FormField, type FormValues } from './edit-sheet.tsx';
import { useRestore } from './use-restore.ts';

const KINDS = ['steward', 'neighbour', 'office', 'family'] as const;

/** Stewards, neighbours, the office and families: how they are reached, and how many homes they look after. */
export function PeopleList({ communityId }: { communityId: string }) {
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.persons;
  const queries = useQueryClient();
  const [open, setOpen] = useState<PersonView | 'new'>();
  const query = usePeopleOf(communityId);
  const robots = useQuery({
    queryKey: ['robots', communityId],
    queryFn: async () =>
      (await get<{ items: RobotView[] }>(`/robots?community=${communityId}&limit=100`)).items,
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
                <Person
                  key={person.id}
                  person={person}
                  robot={robots.data?.find(({ id }) => id === person.robotId)?.name}
                  onEdit={() => setOpen(person)}
                  onChange={again}
                />
              ))}
            </ul>
          </section>
        );
      })}
      {open ? (
        <EditSheet
          title={open === 'new' ? labels.add : open.name}
          draftKey={open === 'new' ? `person.new.${communityId}` : `person.${open.id}`}
          fields={fieldsOf(labels, open === 'new' ? undefined : open.kind, robots.data ?? [])}
          values={open === 'new' ? { kind: 'steward', channels: ['sms', 'voice'] } : valuesOf(open)}
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

const valuesOf = ({ name, phone, code, channels, robotId, dailyAt }: PersonView): FormValues => ({
  name,
  phone,
  code,
  channels,
  robotId,
  dailyAt,
});

const fieldsOf = (
  labels: RegisterText['persons'],
  kind: PersonView['kind'] | undefined,
  robots: readonly RobotView[],
): FormField[] => [
  ...(kind === undefined
    ? [
        {
          kind: 'choice' as const,
          name: 'kind',
          label: labels.kind,
          required: true,
          options: KINDS.map((value) => ({ value, label: labels.kinds[value] })),
        },
      ]
    : []),
  { kind: 'text', name: 'name', label: labels.name, required: true, most: 12 },
  { kind: 'tel', name: 'phone', label: labels.phone, required: true, most: 30 },
  { kind: 'text', name: 'code', label: labels.code, most: 16 },
  {
    kind: 'order',
    name: 'channels',
    label: labels.channels,
    hint: labels.channelsHint,
    options: CHANNELS.filter((value) => value !== 'robot' || robots.length > 0).map((value) => ({
      value,
      label: labels.channelKinds[value],
    })),
  },
  ...(robots.length > 0
    ? [
        {
          kind: 'choice' as const,
          name: 'robotId',
          label: labels.robot,
          none: labels.noRobot,
          options: robots.map(({ id, name }) => ({ value: id, label: name })),
        },
      ]
    : []),
  ...(kind === 'family' ? [{ kind: 'time' as const, name: 'dailyAt', label: labels.dailyAt }] : []),
];

function Person(props: {
  person: PersonView;
  robot: string | undefined;
  onEdit: () => void;
  onChange: () => Promise<void>;
}) {
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.persons;
  const { run, pending } = useAction();
  const { undoOf } = useRestore();
  const [asking, setAsking] = useState<'hours' | 'removal'>();
  const { person } = props;
  const serves = person.kind === 'steward' || person.kind === 'neighbour';
  async function takeOut() {
    const send = () => remove(`/stewards/${person.id}`);
    if (await run(send, labels.removed, undoOf('stewards', person.id))) await props.onChange();
  }
  return (
    <li>
      <div className="person">
        <b>{person.name}</b>
        <span>{person.phone}</span>
        <span>
          {person.channels
            .map((channel) =>
              channel === 'robot' && props.robot ? props.robot : labels.channelKinds[channel],
            )
            .join(' → ')}
        </span>
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
          {serves ? (
            <button
              type="button"
              className="link"
              aria-label={`${labels.duty}: ${person.name}`}
              onClick={() => setAsking('hours')}
            >
              {labels.duty}
            </button>
          ) : null}
          <button
            type="button"
            className="link"
            aria-label={`${words.remove}: ${person.name}`}
            aria-expanded={asking === 'removal'}
            onClick={() => setAsking(asking === 'removal' ? undefined : 'removal')}
          >
            {words.remove}
          </button>
        </span>
      </div>
      {asking === 'hours' ? <DutySheet person={person} onClose={() => setAsking(undefined)} /> : null}
      {asking === 'removal' ? (
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
