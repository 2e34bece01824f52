import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { LadderView, PactView } from '#contracts/http/register/pact.ts';
import { DEFAULT_LADDER_NAME } from '#pact/ladder.ts';
import { SIGNAL_KINDS, type SignalKind } from '#pact/signal.ts';
import { ENROL_TEXT, type EnrolText } from '#pact/text/board-enrol.ts';
import { get, post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { Field } from '../entry/field.tsx';
import { dateOf } from '../today/local-time.ts';
import type { StepProps } from './path.tsx';
import { Step } from './step.tsx';
import { useTodayIn } from './use-today-in.ts';

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const DEFAULT_ACCEPTS: readonly SignalKind[] = ['opened', 'seen'];

/** By what time, on which days, and what counts. */
export function PactStep({ file, done, current, community, onChange }: StepProps) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT).pact;
  const { pact } = file;
  const summary = pact ? summaryOf(pact, dateOf(pact.fromOn, common), words) : undefined;
  return (
    <Step number={2} title={words.step} lead={words.lead} done={done} current={current} summary={summary}>
      {done && pact ? (
        <p>{summary}</p>
      ) : (
        <Terms
          householdId={file.id}
          communityId={community.id}
          timeZone={community.timeZone}
          onChange={onChange}
        />
      )}
    </Step>
  );
}

function summaryOf(pact: PactView, fromOn: string, words: EnrolText['pact']): string {
  const days =
    pact.weekdays.length === 7
      ? words.everyDay
      : words.daysOf(pact.weekdays.map((day) => words.days[day - 1]).join('、'));
  return words.summary(pact.deadline, days, fromOn);
}

function Terms(props: {
  householdId: string;
  communityId: string;
  timeZone: string;
  onChange: () => Promise<void>;
}) {
  const words = useTextOf(ENROL_TEXT).pact;
  const { run, pending, problem } = useAction('inline');
  const today = useTodayIn(props.timeZone);
  const [deadline, setDeadline] = useState('08:00');
  const [earliest, setEarliest] = useState('04:00');
  const [weekdays, setWeekdays] = useState<readonly number[]>(WEEKDAYS);
  const [accepts, setAccepts] = useState<readonly SignalKind[]>(DEFAULT_ACCEPTS);
  const [fromOn, setFromOn] = useState(() => dayAfter(today));
  const ladders = useQuery({
    queryKey: ['ladders', props.communityId],
    queryFn: async () =>
      (await get<{ items: LadderView[] }>(`/ladders?community=${props.communityId}`)).items,
  });
  const [ladderId, setLadderId] = useState('');

  async function begin(event: FormEvent) {
    event.preventDefault();
    const body = { deadline, earliest, weekdays, accepts, fromOn, ...(ladderId ? { ladderId } : {}) };
    if (await run(() => post(`/households/${props.householdId}/pact`, body), words.begun))
      await props.onChange();
  }

  return (
    <form className="enrol-form" onSubmit={begin}>
      <div className="trio">
        <Field
          label={words.deadline}
          type="time"
          required
          value={deadline}
          onChange={(event) => setDeadline(event.target.value)}
        />
        <Field
          label={words.earliest}
          type="time"
          required
          value={earliest}
          onChange={(event) => setEarliest(event.target.value)}
        />
        <Field
          label={words.fromOn}
          hint={words.fromHint}
          type="date"
          required
          min={today}
          value={fromOn}
          onChange={(event) => setFromOn(event.target.value)}
        />
      </div>
      <fieldset className="checks">
        <legend>{words.weekdays}</legend>
        {WEEKDAYS.map((day) => (
          <label key={day}>
            <input
              type="checkbox"
              checked={weekdays.includes(day)}
              onChange={(event) => setWeekdays(toggled(weekdays, day, event.target.checked))}
            />
            {words.days[day - 1]}
          </label>
        ))}
      </fieldset>
      <fieldset className="checks">
        <legend>{words.accepts}</legend>
        {SIGNAL_KINDS.map((kind) => (
          <label key={kind}>
            <input
              type="checkbox"
              checked={accepts.includes(kind)}
              onChange={(event) => setAccepts(toggled(accepts, kind, event.target.checked))}
            />
            {words.acceptKinds[kind]}
          </label>
        ))}
      </fieldset>
      {ladders.data && ladders.data.length > 1 ? (
        <p className="field">
          <label>
            {words.ladder}
            <select value={ladderId} onChange={(event) => setLadderId(event.target.value)}>
              <option value="">{words.usualLadder}</option>
              {ladders.data
                .filter(({ name }) => name !== DEFAULT_LADDER_NAME)
                .map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
            </select>
          </label>
        </p>
      ) : null}
      <ProblemNote problem={problem} />
      <button
        type="submit"
        className="button strong"
        disabled={pending || weekdays.length === 0 || accepts.length === 0}
      >
        {words.begin}
      </button>
    </form>
  );
}

const toggled = <T,>(list: readonly T[], one: T, on: boolean): readonly T[] =>
  on ? [...list, one].sort() : list.filter((other) => other !== one);

const dayAfter = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
