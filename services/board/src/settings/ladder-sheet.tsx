import { type FormEvent, useId } from 'react';
import type { LadderView } from '#contracts/http/register/pact.ts';
import { CHANNELS, DEFAULT_LADDER_NAME, LADDER_ROLES } from '#pact/ladder.ts';
import { SETTINGS_TEXT } from '#pact/text/board-settings.ts';
import { patch, post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { useDraft } from '../app/use-draft.ts';

export type LadderTerms = Omit<LadderView, 'id' | 'communityId'>;
type Step = LadderTerms['steps'][number];
type Page = Step['to'][number];

const MOST_STEPS = 12;
const MOST_PAGES = 6;
const BETWEEN_MINUTES = 3;

/** An order of pages, step by step. Alerts that are open keep the order that they began with. */
export function LadderSheet(props: {
  title: string;
  communityId: string;
  /** Unset for a new one. */
  ladderId: string | undefined;
  terms: LadderTerms;
  onSaved: () => Promise<void>;
  onClose: () => void;
}) {
  const common = useText();
  const words = useTextOf(SETTINGS_TEXT).ladders;
  const { run, pending, problem } = useAction('inline');
  const key = props.ladderId ?? `new.${props.communityId}`;
  const { draft, change, forget } = useDraft(`pact.ladder.${key}`, props.terms);
  const { steps } = draft;
  const put = (index: number, next: Step | undefined) =>
    change({ steps: steps.flatMap((step, at) => (at === index ? (next ?? []) : step)) });
  const addStep = () => {
    const last = steps[steps.length - 1];
    const afterMinutes = last ? last.afterMinutes + BETWEEN_MINUTES : 0;
    change({ steps: [...steps, { afterMinutes, to: [{ role: 'office', channel: 'sms' }] }] });
  };

  async function save(event: FormEvent) {
    event.preventDefault();
    const send = async () => {
      if (props.ladderId) await patch(`/ladders/${props.ladderId}`, draft);
      else await post('/ladders', { communityId: props.communityId, ...draft });
      await props.onSaved();
    };
    if (await run(send, words.saved)) {
      forget();
      props.onClose();
    }
  }

  return (
    <Sheet title={props.title} kind="drawer" onClose={props.onClose}>
      <p className="hint">{words.sheetLead}</p>
      <form onSubmit={save}>
        {props.terms.name === DEFAULT_LADDER_NAME ? null : (
          <Words label={words.name} value={draft.name} onChange={(name) => change({ name })} />
        )}
        {steps.map((step, index) => (
          <StepFields
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other identity while they are typed
            key={index}
            number={index + 1}
            step={step}
            onChange={(next) => put(index, next)}
            onRemove={steps.length > 1 ? () => put(index, undefined) : undefined}
          />
        ))}
        {steps.length < MOST_STEPS ? (
          <p className="actions">
            <button type="button" className="button" onClick={addStep}>
              {words.addStep}
            </button>
          </p>
        ) : null}
        <Minutes
          label={words.repeat}
          least={1}
          value={draft.repeatMinutes}
          onChange={(repeatMinutes) => change({ repeatMinutes })}
        />
        <Minutes
          label={words.acknowledgement}
          least={1}
          value={draft.acknowledgementMinutes}
          onChange={(acknowledgementMinutes) => change({ acknowledgementMinutes })}
        />
        <p className="hint">{words.acknowledgementHint}</p>
        <ProblemNote problem={problem} />
        <div className="actions">
          <button type="submit" className="button strong" disabled={pending} aria-busy={pending}>
            {words.save}
          </button>
          <button type="button" className="button" onClick={props.onClose}>
            {common.cancel}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function StepFields(props: {
  number: number;
  step: Step;
  onChange: (step: Step) => void;
  onRemove: (() => void) | undefined;
}) {
  const common = useText();
  const words = useTextOf(SETTINGS_TEXT).ladders;
  const { step, number, onChange } = props;
  const name = words.step(number);
  const put = (index: number, next: Page | undefined) =>
    onChange({ ...step, to: step.to.flatMap((page, at) => (at === index ? (next ?? []) : page)) });
  return (
    <fieldset className="duty-day">
      <legend>{name}</legend>
      <Minutes
        label={words.afterMinutes}
        least={0}
        value={step.afterMinutes}
        onChange={(afterMinutes) => onChange({ ...step, afterMinutes })}
      />
      {step.to.map((page, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pages have no other identity while they are typed
        <p key={index} className="span">
          <select
            aria-label={`${name}: ${words.who}`}
            value={page.role}
            onChange={(event) => put(index, { ...page, role: event.target.value as Page['role'] })}
          >
            {LADDER_ROLES.map((role) => (
              <option key={role} value={role}>
                {common.person[role] ?? role}
              </option>
            ))}
          </select>
          <select
            aria-label={`${name}: ${words.how}`}
            value={page.channel}
            onChange={(event) => put(index, { ...page, channel: event.target.value as Page['channel'] })}
          >
            {CHANNELS.map((channel) => (
              <option key={channel} value={channel}>
                {words.channels[channel]}
              </option>
            ))}
          </select>
          {step.to.length > 1 ? (
            <button
              type="button"
              className="link"
              aria-label={`${words.remove}: ${name}, ${common.person[page.role] ?? page.role}`}
              onClick={() => put(index, undefined)}
            >
              {words.remove}
            </button>
          ) : null}
        </p>
      ))}
      <p className="actions">
        {step.to.length < MOST_PAGES ? (
          <button
            type="button"
            className="link"
            aria-label={`${words.addPage}: ${name}`}
            onClick={() => onChange({ ...step, to: [...step.to, { role: 'backup', channel: 'sms' }] })}
          >
            + {words.addPage}
          </button>
        ) : null}
        {props.onRemove ? (
          <button
            type="button"
            className="link"
            aria-label={`${words.removeStep}: ${name}`}
            onClick={props.onRemove}
          >
            {words.removeStep}
          </button>
        ) : null}
      </p>
    </fieldset>
  );
}

function Words(props: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        required
        maxLength={20}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </div>
  );
}

function Minutes(props: {
  label: string;
  least: number;
  value: number;
  onChange: (minutes: number) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type="number"
        inputMode="numeric"
        required
        min={props.least}
        max={240}
        value={Number.isNaN(props.value) ? '' : props.value}
        onChange={(event) => props.onChange(event.target.valueAsNumber)}
      />
    </div>
  );
}
