import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { LedgerDayView, LedgerHome } from '#contracts/http/ledger.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { dateOf, timeOnDay } from '../today/local-time.ts';
import { sayClosing } from './closing.ts';

/** One day of the ledger, home by home. */
export function DayView({ date, community }: { date: string; community: CommunityView }) {
  const words = useTextOf(BOARD_REPORT_TEXT);
  const common = useText();
  const [onlyMissed, setOnlyMissed] = useState(false);
  const query = useQuery({
    queryKey: ['ledger', community.id, date],
    queryFn: ({ signal }) =>
      get<LedgerDayView>(`/ledger/${encodeURIComponent(date)}?community=${community.id}`, signal),
  });
  const isShown = ({ closedAs }: LedgerHome) =>
    !onlyMissed || closedAs === 'kept_late' || closedAs === 'visited' || closedAs === 'unresolved';
  const { day: labels } = words;
  return (
    <>
      <header className="page-head">
        <div>
          <h2>
            {dateOf(date, common)} <small>{community.name}</small>
          </h2>
        </div>
        <nav className="actions" aria-label={words.title}>
          <a className="link" href={`#report/${date.slice(0, 7)}`}>
            ‹ {labels.back}
          </a>
          <label className="check">
            <input
              type="checkbox"
              checked={onlyMissed}
              onChange={(event) => setOnlyMissed(event.target.checked)}
            />{' '}
            {labels.missedOnly}
          </label>
        </nav>
      </header>
      <Loaded query={query} loading={labels.loading}>
        {({ homes }) =>
          homes.length === 0 ? (
            <p className="box">{labels.none}</p>
          ) : homes.some(isShown) ? (
            <table className="record-rows">
              <thead>
                <tr>
                  {[labels.home, labels.how, labels.reason, labels.time, labels.outcome].map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {homes.filter(isShown).map((home) => (
                  <Row key={home.householdId} home={home} date={date} timeZone={community.timeZone} />
                ))}
              </tbody>
            </table>
          ) : (
            <p className="well box">{labels.allWell}</p>
          )
        }
      </Loaded>
    </>
  );
}

function Row({ home, date, timeZone }: { home: LedgerHome; date: string; timeZone: string }) {
  const common = useText();
  const words = useTextOf(BOARD_REPORT_TEXT);
  const report = useTextOf(REPORT_TEXT);
  const { day: labels } = words;
  const reasons: Record<string, string> = common.shortReasons;
  const outcomes: Record<string, string> = common.outcomes;
  const closing = home.closedAs ?? 'awaiting';
  return (
    <tr>
      <th scope="row">
        <a href={`#report/home/${home.householdId}/${date.slice(0, 7)}`}>
          {words.code(home.code)} {home.salutation}
        </a>
      </th>
      <td data-label={labels.how}>
        <i className="closing" data-closing={closing}>
          {sayClosing(closing, report, words)}
        </i>
      </td>
      <td data-label={labels.reason}>{home.reason ? (reasons[home.reason] ?? home.reason) : report.none}</td>
      <td data-label={labels.time}>{home.proofAt ? timeOnDay(home.proofAt, timeZone, date) : report.none}</td>
      <td data-label={labels.outcome}>
        {home.outcome ? (outcomes[home.outcome] ?? home.outcome) : report.none}{' '}
        {home.alertId ? <a href={`#alert/${home.alertId}`}>{labels.toAlert}</a> : null}
      </td>
    </tr>
  );
}
