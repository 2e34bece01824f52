import { useState } from 'react';
import type { CareDayView, CareItem } from '#contracts/http/care.ts';
import { CARE_TEXT, type CareText } from '#pact/text/board-care.ts';
import { careTitle } from '#pact/text/care.ts';
import { post, remove } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { placeOf } from '../facade/home-words.ts';
import { timeOnDay } from '../today/local-time.ts';
import { DoneSheet } from './done-sheet.tsx';
import { useCareAgain } from './use-care.ts';

/** One thing to do for a home: what, how it went, and what the office may do about it. */
export function CareRow({
  item,
  day,
}: {
  item: CareItem;
  day: Pick<CareDayView, 'date' | 'today' | 'timeZone'>;
}) {
  const common = useText();
  const words = useTextOf(CARE_TEXT);
  const { columns } = words;
  return (
    <tr data-state={item.state}>
      <th scope="row" data-label={columns.home}>
        <a href={`#register/${item.householdId}`}>
          {common.home.code(item.code)} <span>{item.salutation}</span>
        </a>{' '}
        <small>{placeOf(item, common)}</small>
      </th>
      <td data-label={columns.what}>
        <span>
          {careTitle(item, words)}
          {item.note ? <small> {item.note}</small> : null}
        </span>
      </td>
      <td data-label={columns.state}>
        <CareState item={item} day={day} />
      </td>
      <td>
        <CareActions item={item} day={day} />
      </td>
    </tr>
  );
}

type Shown = { item: CareItem; day: Pick<CareDayView, 'date' | 'today' | 'timeZone'> };

export function CareState({ item, day }: Shown) {
  const words = useTextOf(CARE_TEXT);
  const { state, missedSince } = item;
  const isLate = missedSince !== null && (state === 'open' || state === 'missed');
  return (
    <span className="care-state" data-state={state}>
      <b>{words.states[state]}</b>
      {state === 'excused' && item.reason ? <> {words.reasons[item.reason]}</> : null}
      {state === 'done' ? <> {doneOf(item, day, words)}</> : null}
      {isLate && missedSince ? <em>{words.since(missedSince)}</em> : null}
      {state === 'open' && !isLate && item.dueOn > day.today ? <small>{words.by(item.dueOn)}</small> : null}
      {item.awayUntil && state === 'open' ? <small>{words.away(item.awayUntil)}</small> : null}
      {item.doneNote ? <q>{item.doneNote}</q> : null}
    </span>
  );
}

function doneOf({ doneAt, doneBy, donePerson }: CareItem, { date, timeZone }: Shown['day'], words: CareText) {
  const who = words.doneBy[doneBy ?? ''] ?? donePerson ?? words.office;
  return doneAt ? words.doneAt(timeOnDay(doneAt, timeZone, date), who) : who;
}

function CareActions({ item, day }: Shown) {
  const common = useText();
  const words = useTextOf(CARE_TEXT);
  const again = useCareAgain();
  const { run, pending } = useAction();
  const [ticking, setTicking] = useState(false);
  const { id, contactId } = item;
  const of = <span className="unseen"> {common.home.code(item.code)}</span>;

  async function takeBack() {
    const undo = {
      label: words.undo,
      run: () => void run(() => post(`/care/tasks/${id}/restore`, undefined), words.restored).then(again),
    };
    if (await run(() => remove(`/care/tasks/${id}`), words.takenBack, undo)) await again();
  }
  async function undoTick() {
    if (await run(() => post(`/care/contacts/${contactId}/undo`, undefined), words.undone)) await again();
  }

  if (item.state === 'done') {
    return contactId && day.date === day.today ? (
      <button type="button" className="link" disabled={pending} onClick={() => void undoTick()}>
        {words.undo}
        {of}
      </button>
    ) : null;
  }
  if (item.state !== 'open') return null;
  const isAsked = item.kind === 'must_visit' || item.kind === 'service';
  return (
    <div className="actions">
      <button type="button" className="button" onClick={() => setTicking(true)}>
        {words.tick}
        {of}
      </button>
      {isAsked ? (
        <button type="button" className="link" disabled={pending} onClick={() => void takeBack()}>
          {words.takeBack}
          {of}
        </button>
      ) : null}
      {ticking ? <DoneSheet item={item} onClose={() => setTicking(false)} /> : null}
    </div>
  );
}
