import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { RotaView } from '#contracts/http/register/duty.ts';
import { post } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { Field } from '../entry/field.tsx';
import type { Picked } from './absence-sheet.tsx';

const KINDS = ['days', 'hours', 'swap'] as const;

/** Days or hours off, perhaps with somebody who stands in; or a day swapped with somebody else's. */
export function AbsenceForm({
  rota,
  picked,
  onDone,
}: {
  rota: RotaView;
  picked: Picked;
  onDone: () => void;
}) {
  const words = useText();
  const queries = useQueryClient();
  const { run, pending, problem } = useAction('inline');
  const [kind, setKind] = useState<(typeof KINDS)[number]>('days');
  const [personId, setPersonId] = useState(picked.personId ?? '');
  const [otherId, setOtherId] = useState('');
  const [fromOn, setFromOn] = useState(picked.date ?? rota.today);
  const [untilOn, setUntilOn] = useState(fromOn);
  const [hours, setHours] = useState({ from: '07:00', until: '09:00' });
  const [withOn, setWithOn] = useState('');
  const others = rota.stewards.filter(({ id }) => id !== personId);

  function begin(date: string) {
    setFromOn(date);
    if (untilOn < date) setUntilOn(date);
  }

  async function save(event: FormEvent) {
    event.preventDefault();
    const done = await run(
      () =>
        kind === 'swap'
          ? post('/absences/swap', { personId, on: fromOn, withPersonId: otherId, withOn })
          : post('/absences', {
              personId,
              fromOn,
              standInId: otherId || null,
              ...(kind === 'days' ? { untilOn } : { fromTime: hours.from, untilTime: hours.until }),
            }),
      words.rota.saved,
    );
    await queries.invalidateQueries({ queryKey: ['rota'] });
    if (done) onDone();
  }

  return (
    <form className="absence-form" onSubmit={save}>
      {picked.personId ? null : (
        <Select
          label={words.rota.person}
          value={personId}
          onChange={setPersonId}
          people={rota.stewards}
          required={true}
        >
          {words.rota.choose}
        </Select>
      )}
      <fieldset className="kinds">
        <legend>{words.rota.kind}</legend>
        {KINDS.map((one) => (
          <label key={one}>
            <input type="radio" name="kind" checked={kind === one} onChange={() => setKind(one)} />
            {words.rota.kinds[one]}
          </label>
        ))}
      </fieldset>
      <div className="pair">
        <Field
          label={kind === 'days' ? words.rota.fromOn : words.rota.on}
          type="date"
          required
          min={rota.today}
          value={fromOn}
          onChange={(event) => begin(event.target.value)}
        />
        {kind === 'days' ? (
          <Field
            label={words.rota.untilOn}
            type="date"
            required
            min={fromOn}
            value={untilOn}
            onChange={(event) => setUntilOn(event.target.value)}
          />
        ) : null}
      </div>
      {kind === 'hours' ? (
        <div className="pair">
          <Field
            label={words.rota.fromTime}
            type="time"
            required
            value={hours.from}
            onChange={(event) => setHours({ ...hours, from: event.target.value })}
          />
          <Field
            label={words.rota.untilTime}
            type="time"
            required
            value={hours.until}
            onChange={(event) => setHours({ ...hours, until: event.target.value })}
          />
        </div>
      ) : null}
      <Select
        label={kind === 'swap' ? words.rota.swapWith : words.rota.standIn}
        value={otherId}
        onChange={setOtherId}
        people={others}
        required={kind === 'swap'}
      >
        {kind === 'swap' ? words.rota.choose : words.rota.nobody}
      </Select>
      {kind === 'swap' ? (
        <Field
          label={words.rota.swapOn}
          type="date"
          required
          min={rota.today}
          value={withOn}
          onChange={(event) => setWithOn(event.target.value)}
        />
      ) : null}
      <ProblemNote problem={problem} />
      <button type="submit" className="button strong wide" disabled={pending} aria-busy={pending}>
        {words.rota.save}
      </button>
    </form>
  );
}

function Select(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  people: readonly { id: string; name: string }[];
  required: boolean;
  /** What stands there while nobody is chosen. */
  children: string;
}) {
  const id = useId();
  return (
    <p className="field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        value={props.value}
        required={props.required}
        onChange={(event) => props.onChange(event.target.value)}
      >
        <option value="">{props.children}</option>
        {props.people.map(({ id: personId, name }) => (
          <option key={personId} value={personId}>
            {name}
          </option>
        ))}
      </select>
    </p>
  );
}
