import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { OccasionView } from '#contracts/http/care.ts';
import { SERVICES } from '#pact/care.ts';
import { CARE_TEXT } from '#pact/text/board-care.ts';
import { get, post } from '../app/api.ts';
import { HomeChoice } from '../app/home-choice.tsx';
import { useText, useTextOf } from '../app/language.ts';
import { newKey } from '../app/new-key.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { useDraft } from '../app/use-draft.ts';
import { usePeopleOf } from '../app/use-people-of.ts';
import { Field } from '../entry/field.tsx';
import { useCareAgain } from './use-care.ts';

const OTHER = 'other';
const EMPTY = { householdId: '', occasion: '', service: '', other: '', note: '', dueOn: '', ownerId: '' };

/** Asks for a must-visit or a service: which home, what for, by when, and who goes. */
export function AskSheet(props: {
  kind: 'must_visit' | 'service';
  communityId: string;
  /** Of the home's own file; else one is chosen. */
  householdId?: string;
  onClose: () => void;
}) {
  const common = useText();
  const words = useTextOf(CARE_TEXT);
  const again = useCareAgain();
  const { kind, communityId } = props;
  const { run, pending, problem } = useAction('inline');
  // Made once: pressed twice, or again after no answer came, it is one.
  const [id] = useState(newKey);
  const draftKey = `pact.care.ask.${kind}.${props.householdId ?? communityId}`;
  const { draft, change, forget } = useDraft(draftKey, { ...EMPTY, householdId: props.householdId ?? '' });
  const occasions = useOccasions(communityId);
  const people = usePeopleOf(communityId);
  const stewards = people.data?.filter((person) => person.kind === 'steward') ?? [];

  async function save(event: FormEvent) {
    event.preventDefault();
    const { householdId, occasion, note, dueOn, ownerId } = draft;
    const service = draft.service === OTHER ? draft.other.trim() : draft.service;
    const body = {
      ...{ id, householdId, kind },
      ...(kind === 'must_visit' ? { occasion } : { service }),
      ...(note.trim() ? { note: note.trim() } : {}),
      ...(dueOn ? { dueOn } : {}),
      ...(ownerId ? { ownerId } : {}),
    };
    if (!(await run(() => post('/care/tasks', body), words.asked))) return;
    forget();
    await again();
    props.onClose();
  }
  const title = kind === 'must_visit' ? words.addMustVisit : words.addService;
  return (
    <Sheet title={title} kind="box" onClose={props.onClose}>
      <form onSubmit={save}>
        {props.householdId ? null : (
          <HomeChoice
            label={words.home}
            communityId={communityId}
            value={draft.householdId}
            onChange={(householdId) => change({ householdId })}
          />
        )}
        {kind === 'must_visit' ? (
          <Choice
            label={words.occasion}
            value={draft.occasion}
            onChange={(occasion) => change({ occasion })}
            none={common.choose}
            options={(occasions.data ?? [])
              .filter(({ inUse }) => inUse)
              .map(({ code, name }) => ({ value: code, label: name ?? words.occasions[code] ?? code }))}
          />
        ) : (
          <Choice
            label={words.service}
            value={draft.service}
            onChange={(service) => change({ service })}
            none={common.choose}
            options={[
              ...SERVICES.map((value) => ({ value, label: words.services[value] ?? value })),
              { value: OTHER, label: words.otherService },
            ]}
          />
        )}
        {draft.service === OTHER ? (
          <Field
            label={words.otherServiceName}
            required
            maxLength={30}
            value={draft.other}
            onChange={(event) => change({ other: event.target.value })}
          />
        ) : null}
        <Field
          label={words.askNote}
          hint={words.askHint}
          maxLength={200}
          value={draft.note}
          onChange={(event) => change({ note: event.target.value })}
        />
        <Field
          label={words.dueOn}
          hint={words.dueHint}
          type="date"
          value={draft.dueOn}
          onChange={(event) => change({ dueOn: event.target.value })}
        />
        <Choice
          label={words.owner}
          value={draft.ownerId}
          onChange={(ownerId) => change({ ownerId })}
          none={words.ownerAuto}
          optional
          options={stewards.map(({ id: value, name }) => ({ value, label: name }))}
        />
        <ProblemNote problem={problem ?? occasions.error ?? people.error ?? undefined} />
        <button type="submit" className="button strong wide" disabled={pending} aria-busy={pending}>
          {title}
        </button>
      </form>
    </Sheet>
  );
}

export const useOccasions = (communityId: string) =>
  useQuery({
    queryKey: ['occasions', communityId],
    queryFn: async ({ signal }) =>
      (await get<{ items: OccasionView[] }>(`/communities/${communityId}/occasions`, signal)).items,
  });

function Choice(props: {
  label: string;
  value: string;
  none: string;
  optional?: boolean;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        required={!props.optional}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      >
        <option value="">{props.none}</option>
        {props.options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}
