import { type FormEvent, useState } from 'react';
import type { ConsentView } from '#contracts/http/register/enrolment.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '#pact/enrolment.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { Field } from '../entry/field.tsx';
import { dateOf } from '../today/local-time.ts';
import type { StepProps } from './path.tsx';
import { PrintedForm } from './printed-form.tsx';
import { Step } from './step.tsx';
import { useTodayIn } from './use-today-in.ts';

/** Paper first: printed, read out, signed; each purpose with its day, and taken back with one. */
export function ConsentStep({ file, enrolment, community, done, current, onChange }: StepProps) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT).consent;
  const standing = (purpose: ConsentPurpose) =>
    enrolment.consents.find((one) => one.purpose === purpose && one.withdrawnOn === null);
  const pact = standing('pact');
  const today = useTodayIn(community.timeZone);
  return (
    <Step
      number={1}
      title={words.step}
      lead={words.lead}
      done={done}
      current={current}
      summary={pact && words.signed(dateOf(pact.signedOn, common), pact.paper)}
    >
      <button type="button" className="button" onClick={() => print()}>
        {words.print}
      </button>
      <PrintedForm file={file} community={community} />
      <ul className="purposes">
        {CONSENT_PURPOSES.map((purpose) => {
          const consent = standing(purpose);
          return (
            <li key={purpose}>
              <b>
                {words.purposes[purpose]} {purpose === 'pact' ? <small>{words.must}</small> : null}
              </b>
              {consent ? (
                <Standing consent={consent} today={today} onChange={onChange} />
              ) : (
                <Signature householdId={file.id} purpose={purpose} today={today} onChange={onChange} />
              )}
            </li>
          );
        })}
      </ul>
    </Step>
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
  const [asking, setAsking] = useState(false);
  const [on, setOn] = useState(today);
  async function withdraw(event: FormEvent) {
    event.preventDefault();
    if (await run(() => post(`/consents/${consent.id}/withdraw`, { on }), words.withdrawnDone))
      await onChange();
  }
  return (
    <div>
      <p>
        {words.signed(dateOf(consent.signedOn, common), consent.paper)}{' '}
        <button type="button" className="link" aria-expanded={asking} onClick={() => setAsking(!asking)}>
          {words.withdraw}
        </button>
      </p>
      {asking ? (
        <form className="in-line" onSubmit={withdraw}>
          <p className="amber box">{words.withdrawLead[consent.purpose]}</p>
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
