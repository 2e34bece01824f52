import { type FormEvent, type ReactNode, useState } from 'react';
import type { ConsentView } from '#contracts/http/register/enrolment.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '#pact/enrolment.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { Field } from '../entry/field.tsx';
import { dateOf } from '../today/local-time.ts';
import { localDateOf, useTodayIn } from './use-today-in.ts';

/** What somebody of a home has signed for, purpose by purpose; what was taken back stays to be read. */
export function Consents(props: {
  householdId: string;
  consents: readonly ConsentView[];
  timeZone: string;
  /** What was not signed is one line, until somebody has a signature. */
  folded?: boolean;
  onChange: () => Promise<void>;
}) {
  const words = useTextOf(ENROL_TEXT).consent;
  const { householdId, timeZone, folded = false, onChange } = props;
  const today = useTodayIn(timeZone);
  return (
    <ul className="purposes">
      {CONSENT_PURPOSES.map((purpose) => {
        const all = props.consents.filter((one) => one.purpose === purpose);
        const consent = all.find(({ withdrawnOn }) => withdrawnOn === null);
        const past = all.filter((one) => one !== consent);
        return (
          <li key={purpose}>
            <b>
              {words.purposes[purpose]} {purpose === 'pact' ? <small>{words.must}</small> : null}
            </b>
            {consent ? (
              <Standing consent={consent} today={today} onChange={onChange} />
            ) : (
              <Unsigned folded={folded} purpose={purpose}>
                <Signature householdId={householdId} purpose={purpose} today={today} onChange={onChange} />
              </Unsigned>
            )}
            {past.map((one) => (
              <Withdrawn
                key={one.id}
                consent={one}
                mayUndo={
                  !consent && one.withdrawnAt !== null && localDateOf(one.withdrawnAt, timeZone) === today
                }
                onChange={onChange}
              />
            ))}
          </li>
        );
      })}
    </ul>
  );
}

function Unsigned(props: { folded: boolean; purpose: ConsentPurpose; children: ReactNode }) {
  const words = useTextOf(ENROL_TEXT).consent;
  const [open, setOpen] = useState(!props.folded);
  if (open) return props.children;
  return (
    <p className="hint">
      {words.unsigned}{' '}
      <button
        type="button"
        className="link"
        aria-label={`${words.record}: ${words.purposes[props.purpose]}`}
        onClick={() => setOpen(true)}
      >
        {words.record}
      </button>
    </p>
  );
}

/** The way back from a withdrawal, as long as the day lasts. */
function useUndo(onChange: () => Promise<void>) {
  const words = useTextOf(ENROL_TEXT).consent;
  const { run, pending } = useAction();
  const undo = async (id: string) => {
    if (await run(() => post(`/consents/${id}/resume`, {}), words.resumed)) await onChange();
  };
  return { undo, pending };
}

function Withdrawn(props: { consent: ConsentView; mayUndo: boolean; onChange: () => Promise<void> }) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT).consent;
  const { undo, pending } = useUndo(props.onChange);
  const { id, purpose, signedOn, paper, withdrawnOn } = props.consent;
  return (
    <p className="hint">
      {words.signed(dateOf(signedOn, common), paper)} ·{' '}
      {words.withdrawn(dateOf(withdrawnOn ?? signedOn, common))}{' '}
      {props.mayUndo ? (
        <button
          type="button"
          className="link"
          disabled={pending}
          aria-label={`${words.resume}: ${words.purposes[purpose]}`}
          onClick={() => void undo(id)}
        >
          {words.resume}
        </button>
      ) : null}
    </p>
  );
}

type Change = { today: string; onChange: () => Promise<void> };

function Signature(props: Change & { householdId: string; purpose: ConsentPurpose }) {
  const words = useTextOf(ENROL_TEXT).consent;
  const { run, pending, problem } = useAction('inline');
  const [signedOn, setSignedOn] = useState(props.today);
  const [paper, setPaper] = useState('');
  async function save(event: FormEvent) {
    event.preventDefault();
    const body = { purpose: props.purpose, signedOn, paper: paper.trim() || null };
    if (await run(() => post(`/households/${props.householdId}/consents`, body), words.recorded))
      await props.onChange();
  }
  return (
    <form className="in-line" onSubmit={save}>
      <Field
        label={words.signedOn}
        type="date"
        required
        max={props.today}
        value={signedOn}
        onChange={(event) => setSignedOn(event.target.value)}
      />
      <Field
        label={words.paper}
        placeholder={words.paperHint}
        maxLength={60}
        value={paper}
        onChange={(event) => setPaper(event.target.value)}
      />
      <button
        type="submit"
        className={props.purpose === 'pact' ? 'button strong' : 'button'}
        disabled={pending}
        aria-label={`${words.record}: ${words.purposes[props.purpose]}`}
      >
        {words.record}
      </button>
      <ProblemNote problem={problem} />
    </form>
  );
}

function Standing({ consent, today, onChange }: Change & { consent: ConsentView }) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT).consent;
  const { run, pending, problem } = useAction('inline');
  const { undo } = useUndo(onChange);
  const [asking, setAsking] = useState(false);
  const [on, setOn] = useState(today);
  async function withdraw(event: FormEvent) {
    event.preventDefault();
    const back = { label: common.undo, run: () => void undo(consent.id) };
    if (await run(() => post(`/consents/${consent.id}/withdraw`, { on }), words.withdrawnDone, back))
      await onChange();
  }
  return (
    <div>
      <p>
        {words.signed(dateOf(consent.signedOn, common), consent.paper)}{' '}
        <button
          type="button"
          className="link"
          aria-expanded={asking}
          aria-label={`${words.withdraw}: ${words.purposes[consent.purpose]}`}
          onClick={() => setAsking(!asking)}
        >
          {words.withdraw}
        </button>
      </p>
      {asking ? (
        <form className="in-line" onSubmit={withdraw}>
          <p className="amber box">
            {words.withdrawLead[consent.purpose](dateOf(on, common), dateOf(nextDay(on), common))}{' '}
            {words.undoHint}
          </p>
          <Field
            label={words.withdrawOn}
            type="date"
            required
            min={today}
            value={on}
            onChange={(event) => setOn(event.target.value)}
          />
          <button type="submit" className="button danger" disabled={pending}>
            {words.withdrawNow}
          </button>
          <ProblemNote problem={problem} />
        </form>
      ) : null}
    </div>
  );
}

/** The day after a date; a field that is empty while somebody types has none. */
function nextDay(date: string): string {
  const day = new Date(`${date}T12:00:00Z`);
  if (Number.isNaN(day.getTime())) return date;
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
