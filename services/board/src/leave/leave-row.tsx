import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { LeaveView } from '#contracts/http/register/leave.ts';
import { LEAVE_TEXT, type LeaveText } from '#pact/text/board-leave.ts';
import { patch, post, remove } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { Field } from '../entry/field.tsx';
import { dateOf, timeOnDay } from '../today/local-time.ts';

/** A curtain opened meanwhile, and nobody has said whether they are back. */
export const isAsked = ({ openedAt, back }: LeaveView): boolean => openedAt !== null && back === null;

/** One leave, what is known of it, and what the office does about it. */
export function LeaveRow({ leave, today, timeZone }: { leave: LeaveView; today: string; timeZone: string }) {
  const common = useText();
  const words = useTextOf(LEAVE_TEXT);
  const queries = useQueryClient();
  const { run, pending } = useAction();
  const [changing, setChanging] = useState(false);
  const { columns } = words;
  const reload = () => queries.invalidateQueries({ queryKey: ['leaves'] });

  async function answer(back: boolean) {
    const said = back ? words.answered.back : words.answered.notBack;
    if (await run(() => post(`/leaves/${leave.id}/answer`, { back }), said)) await reload();
  }
  async function cancel() {
    const undo = {
      label: words.undo,
      run: () => void run(() => post(`/leaves/${leave.id}/restore`, undefined), words.restored).then(reload),
    };
    if (await run(() => remove(`/leaves/${leave.id}`), words.cancelled, undo)) await reload();
  }

  return (
    <tr>
      <th scope="row" data-label={columns.home}>
        <a href={`#register/${leave.householdId}`}>
          {common.home.code(leave.code)} <span>{leave.salutation}</span>
        </a>
      </th>
      <td data-label={columns.days}>
        {words.span(dateOf(leave.fromOn, common), dateOf(leave.untilOn, common))}
      </td>
      <td data-label={columns.by}>{leave.askedBy ?? words.office}</td>
      <td data-label={columns.reason}>{leave.reason}</td>
      <td data-label={columns.state}>
        {isAsked(leave) ? (
          <div className="amber box">
            <p>{words.opened(timeOnDay(leave.openedAt ?? '', timeZone, today))}</p>
            <div className="actions">
              <button
                type="button"
                className="button strong"
                disabled={pending}
                onClick={() => void answer(true)}
              >
                {words.isBack}
              </button>
              <button type="button" className="button" disabled={pending} onClick={() => void answer(false)}>
                {words.isNotBack}
              </button>
            </div>
          </div>
        ) : (
          stateOf(leave, today, words)
        )}
      </td>
      <td>
        {leave.back ? null : (
          <div className="actions">
            <button type="button" className="button" onClick={() => setChanging(true)}>
              {words.change}
              <span className="unseen"> {common.home.code(leave.code)}</span>
            </button>
            <button type="button" className="button" disabled={pending} onClick={() => void cancel()}>
              {words.cancel}
              <span className="unseen"> {common.home.code(leave.code)}</span>
            </button>
          </div>
        )}
        {changing ? (
          <ChangeSheet leave={leave} today={today} onDone={reload} onClose={() => setChanging(false)} />
        ) : null}
      </td>
    </tr>
  );
}

function stateOf({ fromOn, untilOn, back }: LeaveView, today: string, words: LeaveText): string {
  if (fromOn > today) return words.states.ahead(daysBetween(today, fromOn));
  if (back === true) return words.states.back;
  return back === false ? words.states.notBack : words.states.away(daysBetween(today, untilOn));
}

const laterOf = (a: string, b: string): string => (a > b ? a : b);

const daysBetween = (from: string, until: string): number =>
  Math.round((Date.parse(until) - Date.parse(from)) / 86_400_000);

function ChangeSheet(props: {
  leave: LeaveView;
  today: string;
  onDone: () => Promise<void>;
  onClose: () => void;
}) {
  const words = useTextOf(LEAVE_TEXT);
  const { run, pending, problem } = useAction('inline');
  const { leave, today } = props;
  const [untilOn, setUntilOn] = useState(leave.untilOn);
  async function save(event: FormEvent) {
    event.preventDefault();
    if (!(await run(() => patch(`/leaves/${leave.id}`, { untilOn }), words.changed))) return;
    await props.onDone();
    props.onClose();
  }
  return (
    <Sheet title={words.change} kind="box" onClose={props.onClose}>
      <form onSubmit={save}>
        <Field
          label={words.untilOn}
          type="date"
          required
          min={laterOf(leave.fromOn, today)}
          value={untilOn}
          onChange={(event) => setUntilOn(event.target.value)}
        />
        <ProblemNote problem={problem} />
        <button type="submit" className="button strong wide" disabled={pending} aria-busy={pending}>
          {words.save}
        </button>
      </form>
    </Sheet>
  );
}
