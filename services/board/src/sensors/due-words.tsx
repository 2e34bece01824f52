import type { TicketView } from '#contracts/http/register/ticket.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { useText, useTextOf } from '../app/language.ts';
import { useTodayIn } from '../enrol/use-today-in.ts';
import { dateOf } from '../today/local-time.ts';

/** By when, as people say it: red once the day is past, amber on the day itself. */
export function DueWords({ ticket, timeZone }: { ticket: TicketView; timeZone: string }) {
  const common = useText();
  const words = useTextOf(SENSORS_TEXT).tickets;
  const today = useTodayIn(timeZone);
  const { dueOn, closedAt } = ticket;
  if (closedAt) return <span>{dateOf(dueOn, common)}</span>;
  if (dueOn < today)
    return (
      <b className="told" data-tone="red">
        {dateOf(dueOn, common)} {words.overdue}
      </b>
    );
  return (
    <span className="told" data-tone={dueOn === today ? 'amber' : undefined}>
      {dueOn === today ? words.today : dateOf(dueOn, common)}
    </span>
  );
}
