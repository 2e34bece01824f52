import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { PersonView } from '#contracts/http/register/person.ts';
import type { TicketView } from '#contracts/http/register/ticket.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { get, patch, post } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useIsOffice } from '../app/session.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { useDraft } from '../app/use-draft.ts';
import { Field } from '../entry/field.tsx';

type Props = {
  ticket: TicketView;
  community: CommunityView;
  onChange?: () => Promise<void>;
  onClose: () => void;
};

/** Who goes, by when, and in the end what was done. What was typed is kept until it is sent. */
export function TicketSheet({ ticket, community, onChange, onClose }: Props) {
  const sensors = useTextOf(SENSORS_TEXT);
  const words = sensors.tickets;
  const queries = useQueryClient();
  const isOffice = useIsOffice();
  const { run, pending, problem } = useAction('inline');
  const kept = { ownerId: ticket.ownerId ?? '', dueOn: ticket.dueOn, note: ticket.note ?? '', done: '' };
  const { draft, change, forget } = useDraft(`pact.ticket.${ticket.id}`, kept);
  const ids = { owner: useId(), note: useId(), done: useId() };
  const people = useQuery({
    queryKey: ['people', community.id],
    queryFn: async ({ signal }) =>
      (await get<{ items: PersonView[] }>(`/stewards?community=${community.id}&limit=500`, signal)).items,
    enabled: isOffice,
  });
  const present = ticket.ownerId ? [{ id: ticket.ownerId, name: ticket.owner ?? '' }] : [];
  // Whoever has it stands there from the start, before the others have come.
  const owners = people.data?.filter(({ kind }) => kind !== 'family') ?? present;

  async function send(request: () => Promise<unknown>, said: string) {
    if (!(await run(request, said))) return;
    forget();
    await queries.invalidateQueries({ queryKey: ['tickets'] });
    await onChange?.();
    onClose();
  }
  const path = `/tickets/${ticket.id}`;
  const fields = { ownerId: draft.ownerId || null, dueOn: draft.dueOn, note: draft.note.trim() || null };
  const save = (event: FormEvent) => {
    event.preventDefault();
    return send(() => patch(path, fields), words.saved);
  };
  const close = (event: FormEvent) => {
    event.preventDefault();
    return send(() => patch(path, { ...fields, closed: true, done: draft.done.trim() }), words.closeDone);
  };
  const seen = () =>
    send(() => post(`/households/${ticket.householdId}/signals`, { kind: 'seen' }), words.seenDone);

  const home = ticket.code ? sensors.code(ticket.code) : sensors.noHome;
  return (
    <Sheet title={words.sheet(home, sensors.ticketKinds[ticket.kind])} kind="box" onClose={onClose}>
      <p className="lead">{sensors.ticketLeads[ticket.kind]}</p>
      <ProblemNote problem={problem} />
      {ticket.kind === 'look_in' ? (
        <button type="button" className="button strong wide" disabled={pending} onClick={() => void seen()}>
          {words.seen}
        </button>
      ) : null}
      <form onSubmit={save}>
        {isOffice ? (
          <p className="field">
            <label htmlFor={ids.owner}>{words.owner}</label>
            <select
              id={ids.owner}
              value={draft.ownerId}
              onChange={(event) => change({ ownerId: event.target.value })}
            >
              <option value="">{words.nobody}</option>
              {owners.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </p>
        ) : null}
        <Field
          label={words.due}
          type="date"
          required
          value={draft.dueOn}
          onChange={(event) => change({ dueOn: event.target.value })}
        />
        <p className="field">
          <label htmlFor={ids.note}>{words.note}</label>
          <textarea
            id={ids.note}
            rows={2}
            maxLength={200}
            value={draft.note}
            onChange={(event) => change({ note: event.target.value })}
          />
        </p>
        <button type="submit" className="button" disabled={pending}>
          {words.save}
        </button>
      </form>
      <form className="close-ticket" onSubmit={close}>
        <Field
          label={words.done}
          hint={words.doneHint}
          required
          maxLength={200}
          value={draft.done}
          onChange={(event) => change({ done: event.target.value })}
        />
        <button
          type="submit"
          className={ticket.kind === 'look_in' ? 'button' : 'button strong'}
          disabled={pending}
          aria-busy={pending}
        >
          {words.close}
        </button>
      </form>
    </Sheet>
  );
}
