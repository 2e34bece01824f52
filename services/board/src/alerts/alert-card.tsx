import { memo, useState } from 'react';
import type { AlertView } from '#contracts/http/today.ts';
import { useText } from '../app/language.ts';
import { useIsOffice } from '../app/session.tsx';
import { reasonOf } from '../facade/home-words.ts';
import { useServerTime } from '../today/clock.ts';
import { dateOf, spanOf, timeOf, timeOnDay } from '../today/local-time.ts';
import { EmergencySheet } from './emergency-sheet.tsx';
import { LinkSheet } from './link-sheet.tsx';
import { NoteForm } from './note-form.tsx';
import { OutcomeSheet } from './outcome-sheet.tsx';
import { Timeline } from './timeline.tsx';
import { type WhoAction, WhoSheet } from './who-sheet.tsx';

type Props = {
  alert: AlertView;
  timeZone: string;
  date: string;
  emergencyNumber: string;
  /** On its own page, which shows all that happened: nothing leads there from it. */
  isAlone?: boolean;
};

/** An open alert: how long it waits, why, what was done, and what the office can do now. */
export const AlertCard = memo(function AlertCard({
  alert,
  timeZone,
  date,
  emergencyNumber,
  isAlone = false,
}: Props) {
  const words = useText();
  const [dialog, setDialog] = useState<'outcome' | 'emergency' | 'link' | WhoAction>();
  const isOffice = useIsOffice();
  const going = alert.status === 'acknowledged';
  const path = `/alerts/${alert.id}`;
  const tone = alert.emergencyAt ? 'emergency' : going ? 'going' : 'missed';
  return (
    <article
      className="alert"
      id={`alert-${alert.id}`}
      data-tone={tone}
      tabIndex={-1}
      aria-labelledby={`who-${alert.id}`}
    >
      <header>
        <h3 id={`who-${alert.id}`}>
          {words.home.code(alert.code)} · {alert.place}
        </h3>
        <AlertClock alert={alert} />
      </header>
      <p className="about">
        <b>{alert.salutation}</b> · {reasonOf(alert.reason, words)}
        {alert.silentSince ? ` · ${words.silentSince(timeOnDay(alert.silentSince, timeZone, date))}` : ''}
        {alert.onDate === date ? '' : ` · ${words.alerts.from(dateOf(alert.onDate, words))}`}
      </p>
      {alert.emergencyAt ? (
        <p className="banner">{words.alerts.emergencyAt(timeOf(alert.emergencyAt, timeZone))}</p>
      ) : null}
      {alert.signalAt ? (
        <p className="hint">{words.alerts.signal(timeOf(alert.signalAt, timeZone))}</p>
      ) : null}
      <p className="state">
        <span>
          {going
            ? (alert.arrivedAt ? words.alerts.arrived : words.alerts.going)(
                alert.acknowledgedBy ?? words.alerts.somebody,
              )
            : words.alerts.nobody}
        </span>
        {going ? null : <NextStep at={alert.nextStepAt} />}
      </p>
      {isAlone ? null : <Timeline entries={alert.timeline} timeZone={timeZone} />}
      <div className="actions">
        {going ? null : (
          <button type="button" className="button strong" onClick={() => setDialog('acknowledge')}>
            {words.alerts.acknowledge}
          </button>
        )}
        {going && !alert.arrivedAt ? (
          <button type="button" className="button" onClick={() => setDialog('arrive')}>
            {words.alerts.arrive}
          </button>
        ) : null}
        <button
          type="button"
          className={going ? 'button strong' : 'button'}
          onClick={() => setDialog('outcome')}
        >
          {words.alerts.outcome}
        </button>
        {alert.arrivedAt || !isOffice ? null : (
          <button type="button" className="button" onClick={() => setDialog('reassign')}>
            {words.alerts.reassign}
          </button>
        )}
        <button type="button" className="button" onClick={() => setDialog('pass')}>
          {words.alerts.pass}
        </button>
        {alert.emergencyAt ? null : (
          <button type="button" className="button danger" onClick={() => setDialog('emergency')}>
            {words.alerts.callEmergency}
          </button>
        )}
        {alert.phone ? (
          <a
            className="button"
            href={`tel:${alert.phone}`}
            aria-label={`${words.alerts.call} ${alert.phone}`}
          >
            {words.alerts.call}
          </a>
        ) : null}
        {isOffice ? (
          <button type="button" className="button" onClick={() => setDialog('link')}>
            {words.alerts.link.open}
          </button>
        ) : null}
        {isAlone ? null : (
          <a className="button" href={`#alert/${alert.id}`}>
            {words.alertPage.open}
          </a>
        )}
        <NoteForm path={path} />
      </div>
      {dialog === 'outcome' ? <OutcomeSheet alert={alert} onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'link' ? <LinkSheet alert={alert} onClose={() => setDialog(undefined)} /> : null}
      {dialog && dialog !== 'outcome' && dialog !== 'emergency' && dialog !== 'link' ? (
        <WhoSheet alert={alert} action={dialog} onClose={() => setDialog(undefined)} />
      ) : null}
      {dialog === 'emergency' ? (
        <EmergencySheet
          alert={alert}
          emergencyNumber={emergencyNumber}
          onClose={() => setDialog(undefined)}
        />
      ) : null}
    </article>
  );
});

/** The time past the deadline; once somebody promised to go, what is left of the promise. */
function AlertClock({ alert }: { alert: AlertView }) {
  const words = useText();
  const nowMs = useServerTime();
  const expiresAt = alert.status === 'acknowledged' ? alert.acknowledgementExpiresAt : null;
  const left = expiresAt ? Date.parse(expiresAt) - nowMs : 0;
  const name = !expiresAt
    ? words.alerts.sinceDeadline
    : left > 0
      ? words.alerts.expiresIn
      : words.alerts.expired;
  return (
    <p className="clock">
      <small>{name}</small>
      <b>{spanOf(expiresAt ? left : nowMs - Date.parse(alert.deadlineAt))}</b>
    </p>
  );
}

function NextStep({ at }: { at: string | null }) {
  const words = useText();
  const nowMs = useServerTime();
  const left = at ? Date.parse(at) - nowMs : 0;
  return <span className="next">{left > 0 ? words.alerts.nextIn(spanOf(left)) : words.alerts.nextNow}</span>;
}
