import type { TodayView } from '#contracts/http/today.ts';
import { useText } from '../app/language.ts';
import { byUrgency } from '../today/merge.ts';
import { AlertCard } from './alert-card.tsx';

/** The open alerts, the most urgent on top, or the quiet of a morning without any. */
export function Alerts({ today, emergencyNumber }: { today: TodayView; emergencyNumber: string }) {
  const words = useText();
  const alerts = [...today.alerts].sort(byUrgency);
  return (
    <section className="alerts" id="alerts" aria-labelledby="alerts-title" tabIndex={-1}>
      <h2 id="alerts-title">
        {words.alerts.title} <span>{alerts.length}</span>
      </h2>
      {alerts.length === 0 ? <Quiet today={today} /> : null}
      {alerts.map((alert) => (
        <AlertCard
          key={alert.id}
          alert={alert}
          timeZone={today.timeZone}
          date={today.date}
          emergencyNumber={emergencyNumber}
        />
      ))}
    </section>
  );
}

/**
 * "All is well" is said only when every home gave its own sign or is excused. Where somebody had to go, the
 * outcome may have been a hospital or a death: then all are accounted for, and no more is said.
 */
function Quiet({ today: { counts } }: { today: TodayView }) {
  const words = useText();
  if (counts.enrolled === 0) return null;
  const accounted = counts.kept + counts.keptLate + counts.visited + counts.excused;
  const quiet = accounted === counts.enrolled;
  const well = quiet && counts.visited === 0;
  return (
    <div className="quiet-morning" data-well={well || undefined}>
      <svg viewBox="-17 -17 34 34" aria-hidden="true" focusable="false">
        <use href="#flower" x="-17" y="-17" width="34" height="34" />
      </svg>
      <p className="big">
        {well ? words.alerts.wellTitle : quiet ? words.alerts.quietTitle : words.alerts.waitingTitle}
      </p>
      <p>
        {quiet
          ? words.alerts.quietLead(counts.enrolled)
          : words.alerts.waitingLead(counts.enrolled - accounted)}
      </p>
    </div>
  );
}
