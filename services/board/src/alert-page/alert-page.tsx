import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AlertView } from '#contracts/http/today.ts';
import { describeEntry } from '#pact/text/entry-words.ts';
import { AlertCard } from '../alerts/alert-card.tsx';
import { NoteForm } from '../alerts/note-form.tsx';
import { OutcomeSheet } from '../alerts/outcome-sheet.tsx';
import { get } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useIsOffice } from '../app/session.tsx';
import { reasonOf } from '../facade/home-words.ts';
import { useServerTime } from '../today/clock.ts';
import { clockOf, dateOf, timeOf } from '../today/local-time.ts';
import { EmergencyFacts } from './emergency-facts.tsx';

/** One alert, open or long closed: its whole timeline, and what can be done. */
export default function AlertPage(props: PageProps) {
  const words = useText();
  const isOffice = useIsOffice();
  const [id = ''] = props.rest;
  const { community } = props;
  const query = useQuery({
    queryKey: ['alert', id],
    queryFn: ({ signal }) => get<AlertView>(`/alerts/${id}`, signal),
    refetchInterval: 5_000,
  });
  const alert = query.data;
  const title = alert ? `${words.home.code(alert.code)} ${alert.salutation}` : words.alertPage.title;
  return (
    <PageFrame page="alert" title={title} shared={props}>
      <header className="page-head">
        <div>
          <h2>
            {title} <small>{alert ? `${alert.place} · ${dateOf(alert.onDate, words)}` : ''}</small>
          </h2>
        </div>
        <nav className="actions" aria-label={words.alertPage.title}>
          <a className="link" href="#today">
            ‹ {words.alertPage.back}
          </a>
          {alert && isOffice ? (
            <a className="button" href={`#register/${alert.householdId}`}>
              {words.alertPage.toFile}
            </a>
          ) : null}
        </nav>
      </header>
      {query.isError ? <ProblemNote problem={query.error} /> : null}
      {alert ? (
        <div className="alert-page">
          {alert.status === 'closed' ? (
            <Closed alert={alert} timeZone={community.timeZone} />
          ) : (
            <Open alert={alert} timeZone={community.timeZone} emergencyNumber={community.emergencyNumber} />
          )}
          <EmergencyFacts householdId={alert.householdId} />
          <section className="file-part" aria-label={words.alertPage.timeline}>
            <h3>{words.alertPage.timeline}</h3>
            <ol className="timeline whole">
              {alert.timeline.map((entry, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: entries are only ever appended, their place is their identity
                <li key={index} data-kind={entry.kind}>
                  <time dateTime={entry.at}>{clockOf(entry.at, community.timeZone)}</time>
                  <span>{describeEntry(entry, words, (at) => timeOf(at, community.timeZone))}</span>
                </li>
              ))}
            </ol>
          </section>
        </div>
      ) : null}
    </PageFrame>
  );
}

function Open(props: { alert: AlertView; timeZone: string; emergencyNumber: string }) {
  const nowMs = useServerTime(60_000);
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: props.timeZone }).format(nowMs);
  return <AlertCard {...props} date={date} isAlone />;
}

function Closed({ alert, timeZone }: { alert: AlertView; timeZone: string }) {
  const words = useText();
  const isOffice = useIsOffice();
  const [correcting, setCorrecting] = useState(false);
  const outcome = alert.outcome ? (words.outcomes as Record<string, string>)[alert.outcome] : undefined;
  return (
    <section className="file-part" aria-label={words.alertPage.closed}>
      <h3>
        {outcome
          ? words.alertPage.ended(outcome, alert.closedAt ? timeOf(alert.closedAt, timeZone) : '')
          : words.alertPage.endedBySignal(alert.signalAt ? timeOf(alert.signalAt, timeZone) : '')}
      </h3>
      <p>{reasonOf(alert.reason, words)}</p>
      <div className="actions">
        {outcome && isOffice ? (
          <button type="button" className="button" onClick={() => setCorrecting(true)}>
            {words.outcome.correct}
          </button>
        ) : null}
        <NoteForm path={`/alerts/${alert.id}`} />
      </div>
      {correcting ? <OutcomeSheet alert={alert} isCorrection onClose={() => setCorrecting(false)} /> : null}
    </section>
  );
}
