import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId } from 'react';
import type { DutyView } from '#contracts/http/register/duty.ts';
import type { PersonView } from '#contracts/http/register/person.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { get, put } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { useDraft } from '../app/use-draft.ts';

type Hours = DutyView['hours'][number];
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** Somebody's week: when they are on duty. No hours at all say always. */
export function DutySheet({ person, onClose }: { person: PersonView; onClose: () => void }) {
  const words = useTextOf(REGISTER_TEXT);
  const query = useQuery({
    queryKey: ['duty', person.id],
    queryFn: () => get<DutyView>(`/stewards/${person.id}/duty`),
    staleTime: 0,
  });
  return (
    <Sheet title={`${words.persons.duty} · ${person.name}`} kind="drawer" onClose={onClose}>
      <p className="hint">{words.persons.dutyLead}</p>
      {query.isError ? <ProblemNote problem={query.error} /> : null}
      {query.isPending ? (
        <p className="hint" role="status">
          {words.loading}
        </p>
      ) : null}
      {query.data && !query.isFetching ? (
        <Week personId={person.id} hours={query.data.hours} onClose={onClose} />
      ) : null}
    </Sheet>
  );
}

function Week(props: { personId: string; hours: Hours[]; onClose: () => void }) {
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.persons;
  const queries = useQueryClient();
  const { run, pending, problem } = useAction('inline');
  const { draft, change, forget } = useDraft(`pact.duty.${props.personId}`, { hours: props.hours });
  const { hours } = draft;
  const set = (next: Hours[]) => change({ hours: next });
  const monday = hours.filter(({ weekday }) => weekday === 1);

  async function save(event: FormEvent) {
    event.preventDefault();
    const send = async () => {
      await put(`/stewards/${props.personId}/duty`, { hours });
      void queries.invalidateQueries({ queryKey: ['rota'] });
    };
    if (await run(send, words.saved)) {
      forget();
      props.onClose();
    }
  }

  return (
    <form onSubmit={save}>
      {hours.length === 0 ? <p className="well box">{labels.dutyAlways}</p> : null}
      {WEEKDAYS.map((weekday) => (
        <Day key={weekday} weekday={weekday} hours={hours} onChange={set} />
      ))}
      <p className="actions">
        {monday.length > 0 ? (
          <button
            type="button"
            className="button"
            onClick={() => set(WEEKDAYS.flatMap((weekday) => monday.map((span) => ({ ...span, weekday }))))}
          >
            {labels.dutyCopy}
          </button>
        ) : null}
        {hours.length > 0 ? (
          <button type="button" className="button" onClick={() => set([])}>
            {labels.dutyClear}
          </button>
        ) : null}
      </p>
      <ProblemNote problem={problem} />
      <button type="submit" className="button strong wide" disabled={pending} aria-busy={pending}>
        {words.save}
      </button>
    </form>
  );
}

function Day(props: { weekday: number; hours: Hours[]; onChange: (hours: Hours[]) => void }) {
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.persons;
  const { weekday, hours, onChange } = props;
  const name = labels.dutyDay(words.pact.days[weekday - 1] ?? '');
  const mine = hours.filter((one) => one.weekday === weekday);
  const put = (old: Hours, next: Hours) => onChange(hours.map((one) => (one === old ? next : one)));
  return (
    <fieldset className="duty-day">
      <legend>{name}</legend>
      {mine.length === 0 && hours.length > 0 ? <span className="hint">{labels.dutyOff}</span> : null}
      {mine.map((span, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: hours have no other identity while they are typed
        <p key={index} className="span">
          <Time label={labels.dutyFrom} value={span.from} onChange={(from) => put(span, { ...span, from })} />
          <Time
            label={labels.dutyUntil}
            value={span.until}
            onChange={(until) => put(span, { ...span, until })}
          />
          <button
            type="button"
            className="link"
            aria-label={`${labels.dutyRemove}: ${name} ${span.from}`}
            onClick={() => onChange(hours.filter((one) => one !== span))}
          >
            {labels.dutyRemove}
          </button>
        </p>
      ))}
      {mine.length < 4 ? (
        <button
          type="button"
          className="link"
          aria-label={`${labels.dutyAdd}: ${name}`}
          onClick={() => onChange([...hours, { weekday, from: '06:00', until: '12:00' }])}
        >
          + {labels.dutyAdd}
        </button>
      ) : null}
    </fieldset>
  );
}

function Time(props: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <span>
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type="time"
        required
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </span>
  );
}
