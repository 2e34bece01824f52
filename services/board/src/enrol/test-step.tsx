import { type ReactNode, useState } from 'react';
import type { CommissioningView } from '#contracts/http/register/enrolment.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { post, remove } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { clockOf, dateOf, timeOf } from '../today/local-time.ts';
import type { StepProps } from './path.tsx';
import { Step } from './step.tsx';
import { localDateOf } from './use-today-in.ts';

/** Open, close, and a page to the steward's phone, each ticked as it is seen. */
export function TestStep({ file, enrolment, community, done, current, onChange }: StepProps) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT).test;
  const { run, pending, problem } = useAction('inline');
  const test = enrolment.commissioning;
  const running = test !== null && test.endedAt === null;
  // Whoever has watched it pass sees all its ticks, not a folded line.
  const [watched, setWatched] = useState(false);
  if (running && !watched) setWatched(true);
  const path = `/households/${file.id}/commissioning`;
  const act = async (send: () => Promise<unknown>, said: string) => {
    if (await run(send, said)) await onChange();
  };
  const isReady = enrolment.missing.every((step) => step === 'test');
  const passedOn = test?.passedAt ? localDateOf(test.passedAt, community.timeZone) : undefined;

  return (
    <Step
      number={5}
      title={words.step}
      lead={words.lead}
      done={done}
      current={current || watched}
      summary={passedOn && words.passed(dateOf(passedOn, common))}
    >
      {test && !running && !test.passedAt ? <p className="amber box">{words.ranOut}</p> : null}
      {test && (running || done) ? (
        <Checks
          test={test}
          timeZone={community.timeZone}
          pending={pending}
          onConfirm={() => act(() => post(`${path}/confirm`, {}), words.confirmed)}
          onRepeat={() => act(() => post(`${path}/page`, {}), words.repeated)}
        />
      ) : null}
      <ProblemNote problem={problem} />
      <div className="actions">
        {running ? (
          <button
            type="button"
            className="button"
            disabled={pending}
            onClick={() => void act(() => remove(path), words.stopped)}
          >
            {words.stop}
          </button>
        ) : (
          <button
            type="button"
            className={done ? 'button' : 'button strong'}
            disabled={pending || !(isReady || done)}
            onClick={() => void act(() => post(path, {}), words.started)}
          >
            {test ? words.again : words.start}
          </button>
        )}
      </div>
    </Step>
  );
}

function Checks(props: {
  test: CommissioningView;
  timeZone: string;
  pending: boolean;
  onConfirm: () => void;
  onRepeat: () => void;
}) {
  const words = useTextOf(ENROL_TEXT).test;
  const { test, timeZone } = props;
  const at = (instant: string) => clockOf(instant, timeZone);
  const steward = test.steward ?? '';
  const isWaiting = test.openedAt === null || test.closedAt === null;
  return (
    <>
      <ul className="checklist" aria-live="polite">
        <Check done={test.openedAt !== null}>
          {test.openedAt ? words.opened(at(test.openedAt)) : words.open}
        </Check>
        <Check done={test.closedAt !== null}>
          {test.closedAt ? words.closed(at(test.closedAt)) : words.close}
        </Check>
        <Check done={test.pageReachedAt !== null}>
          {test.pageReachedAt
            ? words.reached(steward, timeOf(test.pageReachedAt, timeZone))
            : test.pagedAt
              ? words.paging(steward, words.states[test.pageState ?? 'planned'] ?? '')
              : words.page(steward)}
        </Check>
      </ul>
      {isWaiting && test.endedAt === null ? (
        <p className="hint">
          {words.waiting} {words.hint}
        </p>
      ) : null}
      {test.pagedAt && test.pageReachedAt === null && test.endedAt === null ? (
        <div className="actions">
          <button type="button" className="button strong" disabled={props.pending} onClick={props.onConfirm}>
            {words.confirm}
          </button>
          <button type="button" className="button" disabled={props.pending} onClick={props.onRepeat}>
            {words.repeat}
          </button>
        </div>
      ) : null}
    </>
  );
}

function Check({ done, children }: { done: boolean; children: ReactNode }) {
  return (
    <li data-done={done || undefined}>
      <span aria-hidden="true">{done ? '✓' : '…'}</span> {children}
    </li>
  );
}
