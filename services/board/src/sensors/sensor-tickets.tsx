import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { SensorView } from '#contracts/http/register/sensor.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { DueWords } from './due-words.tsx';
import { TicketSheet } from './ticket-sheet.tsx';
import { useTickets } from './use-tickets.ts';

type Props = { sensor: SensorView; community: CommunityView; onChange: () => Promise<void> };

/** What is open about one sensor and about the elder of its home, each to be seen to. */
export function SensorTickets({ sensor, community, onChange }: Props) {
  const words = useTextOf(SENSORS_TEXT);
  const query = useTickets(community.id, false);
  const [open, setOpen] = useState<string>();
  const own = (query.data ?? []).filter(
    (ticket) =>
      ticket.sensorId === sensor.id ||
      (ticket.sensorId === null && ticket.householdId !== null && ticket.householdId === sensor.householdId),
  );
  const picked = own.find(({ id }) => id === open);
  return (
    <>
      {query.isError ? <ProblemNote problem={query.error} /> : null}
      {own.length === 0 && query.data ? <p className="hint">{words.card.noFaults}</p> : null}
      <ul className="lines">
        {own.map((ticket) => (
          <li key={ticket.id} className="ticket-line">
            <p>
              <b>{words.ticketKinds[ticket.kind]}</b>{' '}
              <DueWords ticket={ticket} timeZone={community.timeZone} />{' '}
              <span>{ticket.owner ?? words.tickets.nobody}</span>
              <br />
              <span className="hint">{words.ticketLeads[ticket.kind]}</span>
            </p>
            <button
              type="button"
              className="button"
              aria-label={`${words.tickets.work}: ${words.ticketKinds[ticket.kind]}`}
              onClick={() => setOpen(ticket.id)}
            >
              {words.tickets.work}
            </button>
          </li>
        ))}
      </ul>
      {picked ? (
        <TicketSheet
          ticket={picked}
          community={community}
          onChange={onChange}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </>
  );
}
