import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { LadderView } from '#contracts/http/register/pact.ts';
import type { PersonView } from '#contracts/http/register/person.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { get, put } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { usePeopleOf } from '../app/use-people-of.ts';
import type { StepProps } from './path.tsx';
import { Step } from './step.tsx';

/** Who is paged, and in which order. */
export function PeopleStep({ file, done, current, community, onChange }: StepProps) {
  const words = useTextOf(ENROL_TEXT).people;
  const names = file.people.filter(({ role }) => role !== 'family').map(({ name }) => name);
  const people = usePeopleOf(community.id);
  return (
    <Step
      number={3}
      title={words.step}
      lead={words.lead}
      done={done}
      current={current}
      summary={names.join('、')}
    >
      {people.isError ? <ProblemNote problem={people.error} /> : null}
      {people.data ? <Choice file={file} people={people.data} onChange={onChange} /> : null}
      {file.pact ? <Ladder id={file.pact.ladderId} communityId={community.id} /> : null}
    </Step>
  );
}

function Choice(props: {
  file: StepProps['file'];
  people: readonly PersonView[];
  onChange: () => Promise<void>;
}) {
  const words = useTextOf(ENROL_TEXT).people;
  const { run, pending, problem } = useAction('inline');
  const { file, people } = props;
  const inRole = (role: string) => file.people.filter((one) => one.role === role).map(({ id }) => id);
  const [primary, setPrimary] = useState(inRole('primary')[0] ?? '');
  const [backup, setBackup] = useState(inRole('backup')[0] ?? '');
  const [neighbours, setNeighbours] = useState<readonly string[]>(inRole('neighbour'));
  const stewards = people.filter(({ kind }) => kind === 'steward');
  const all = people.filter(({ kind }) => kind === 'neighbour');

  async function save(event: FormEvent) {
    event.preventDefault();
    const others = inRole('backup').slice(1);
    const body = {
      primary: [primary],
      backup: backup ? [backup, ...others.filter((id) => id !== backup && id !== primary)] : [],
      neighbour: neighbours,
    };
    if (await run(() => put(`/households/${file.id}/people`, body), words.saved)) await props.onChange();
  }

  if (stewards.length === 0) return <p className="amber box">{words.noStewards}</p>;
  return (
    <form className="enrol-form" onSubmit={save}>
      <div className="pair">
        <Select
          label={words.primary}
          value={primary}
          onChange={setPrimary}
          required
          none={words.choose}
          from={stewards}
        />
        <Select
          label={words.backup}
          value={backup}
          onChange={setBackup}
          none={words.none}
          from={stewards.filter(({ id }) => id !== primary)}
        />
      </div>
      {all.length > 0 ? (
        <fieldset className="checks">
          <legend>{words.neighbours}</legend>
          {all.map(({ id, name }) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={neighbours.includes(id)}
                onChange={(event) =>
                  setNeighbours(
                    event.target.checked ? [...neighbours, id] : neighbours.filter((other) => other !== id),
                  )
                }
              />
              {name}
            </label>
          ))}
        </fieldset>
      ) : null}
      <ProblemNote problem={problem} />
      <button type="submit" className="button strong" disabled={pending}>
        {words.save}
      </button>
    </form>
  );
}

function Select(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  required?: boolean;
  /** What stands there while nobody is chosen. */
  none: string;
  from: readonly { id: string; name: string }[];
}) {
  const id = useId();
  return (
    <p className="field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        value={props.value}
        required={props.required ?? false}
        onChange={(event) => props.onChange(event.target.value)}
      >
        <option value="">{props.none}</option>
        {props.from.map((person) => (
          <option key={person.id} value={person.id}>
            {person.name}
          </option>
        ))}
      </select>
    </p>
  );
}

/** The order of pages in words, so that nobody has to know what a ladder is. */
function Ladder({ id, communityId }: { id: string; communityId: string }) {
  const words = useTextOf(ENROL_TEXT).people;
  const ladders = useQuery({
    queryKey: ['ladders', communityId],
    queryFn: async () => (await get<{ items: LadderView[] }>(`/ladders?community=${communityId}`)).items,
  });
  const ladder = ladders.data?.find((one) => one.id === id);
  if (!ladder) return null;
  return (
    <div className="ladder">
      <b>{words.ladder}</b>
      <ol>
        {ladder.steps.map(({ afterMinutes, to }) => (
          <li key={afterMinutes}>
            {words.rung(
              afterMinutes,
              to.map(({ role, channel }) => words.to(words.roles[role], words.by[channel])).join('、'),
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
