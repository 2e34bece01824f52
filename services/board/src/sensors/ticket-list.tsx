import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { TicketView } from '#contracts/http/register/ticket.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { momentOf } from '../register/moment.ts';
import { DueWords } from './due-words.tsx';
import { TicketSheet } from './ticket-sheet.tsx';
import { useTickets } from './use-tickets.ts';

const COLUMNS = ['home', 'kind', 'since', 'due', 'owner', 'note'] as const;

/** Whose sensor needs work, who goes, and by when. */
export function TicketList({ community }: { community: CommunityView }) {
  const sensors = useTextOf(SENSORS_TEXT);
  const words = sensors.tickets;
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState<string>();
  const query = useTickets(community.id, all);
  const picked = query.data?.find(({ id }) => id === open);
  const labels = { ...words, home: sensors.columns.home };
  return (
    <>
      <header className="page-head">
        <div>
          <h2>{words.title}</h2>
          <p className="hint">{words.lead}</p>
        </div>
        <label className="check">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />{' '}
          {words.all}
        </label>
      </header>
      <Loaded query={query} loading={sensors.loading}>
        {(tickets) =>
          tickets.length === 0 ? (
            <section className="state">
              <h2>{words.emptyTitle}</h2>
              <p>{words.emptyLead}</p>
            </section>
          ) : (
            <table className="record-rows">
              <thead>
                <tr>
                  {COLUMNS.map((name) => (
                    <th key={name} scope="col">
                      {labels[name]}
                    </th>
                  ))}
                  <th scope="col">
                    <span className="unseen">{words.work}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {tickets.map((ticket) => (
                  <Row
                    key={ticket.id}
                    ticket={ticket}
                    timeZone={community.timeZone}
                    onOpen={() => setOpen(ticket.id)}
                  />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {picked ? (
        <TicketSheet ticket={picked} community={community} onClose={() => setOpen(undefined)} />
      ) : null}
    </>
  );
}

function Row({ ticket, timeZone, onOpen }: { ticket: TicketView; timeZone: string; onOpen: () => void }) {
  const sensors = useTextOf(SENSORS_TEXT);
  const words = sensors.tickets;
  const home = ticket.code ? sensors.code(ticket.code) : sensors.noHome;
  const kind = sensors.ticketKinds[ticket.kind];
  return (
    <tr data-closed={ticket.closedAt ? '' : undefined}>
      <th scope="row" data-label={sensors.columns.home}>
        {home}
      </th>
      <td data-label={words.kind}>
        <b>{kind}</b>{' '}
        {ticket.sensorId ? <a href={`#sensors/one/${ticket.sensorId}`}>{ticket.sensorId}</a> : null}
      </td>
      <td data-label={words.since}>{momentOf(ticket.openedAt, timeZone)}</td>
      <td data-label={words.due}>
        <DueWords ticket={ticket} timeZone={timeZone} />
      </td>
      <td data-label={words.owner}>{ticket.owner ?? words.nobody}</td>
      <td data-label={words.note}>
        {ticket.note} {ticket.closedAt ? (ticket.done ?? words.closedBySelf) : null}
      </td>
      <td>
        {ticket.closedAt ? (
          <span>
            {words.closed} {momentOf(ticket.closedAt, timeZone)}
          </span>
        ) : (
          <button
            type="button"
            className="button"
            aria-label={`${words.work}: ${words.sheet(home, kind)}`}
            onClick={onOpen}
          >
            {words.work}
          </button>
        )}
      </td>
    </tr>
  );
}
