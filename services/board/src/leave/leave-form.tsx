import { useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { LEAVE_TEXT } from '#pact/text/board-leave.ts';
import { post } from '../app/api.ts';
import { HomeChoice } from '../app/home-choice.tsx';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { useDraft } from '../app/use-draft.ts';
import { Field } from '../entry/field.tsx';

/** A home will be away: which one, from when, and the last day; never without an end. */
export function LeaveForm(props: { communityId: string; today: string; onClose: () => void }) {
  const words = useTextOf(LEAVE_TEXT);
  const queries = useQueryClient();
  const { run, pending, problem } = useAction('inline');
  const { today } = props;
  const empty = { householdId: '', fromOn: today, untilOn: '', reason: '' };
  const { draft, change, forget } = useDraft(`pact.leave.${props.communityId}`, empty);

  async function save(event: FormEvent) {
    event.preventDefault();
    const { reason, ...rest } = draft;
    const body = { ...rest, reason: reason.trim() || null };
    if (!(await run(() => post('/leaves', body), words.saved))) return;
    forget();
    await queries.invalidateQueries({ queryKey: ['leaves'] });
    props.onClose();
  }
  return (
    <Sheet title={words.add} kind="box" onClose={props.onClose}>
      <form onSubmit={save}>
        <HomeChoice
          label={words.home}
          communityId={props.communityId}
          value={draft.householdId}
          onChange={(householdId) => change({ householdId })}
        />
        <Field
          label={words.fromOn}
          type="date"
          required
          min={today}
          value={draft.fromOn}
          onChange={(event) => change({ fromOn: event.target.value })}
        />
        <Field
          label={words.untilOn}
          type="date"
          required
          min={draft.fromOn}
          value={draft.untilOn}
          onChange={(event) => change({ untilOn: event.target.value })}
        />
        <Field
          label={words.reason}
          hint={words.reasonHint}
          maxLength={100}
          value={draft.reason}
          onChange={(event) => change({ reason: event.target.value })}
        />
        <ProblemNote problem={problem} />
        <button type="submit" className="button strong wide" disabled={pending} aria-busy={pending}>
          {words.submit}
        </button>
      </form>
    </Sheet>
  );
}
