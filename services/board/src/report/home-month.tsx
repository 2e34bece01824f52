import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { HomeMonth, HomeMonthReport } from '#contracts/http/report.ts';
import { sayMinute, sayMonth } from '#contracts/report/month-lines.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { REPORT_TEXT } from '#pact/text/report.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { dateOf } from '../today/local-time.ts';
import { closingOf, sayClosing, sayDay } from './closing.ts';
import { Legend } from './legend.tsx';
import { MonthChoice } from './month-choice.tsx';
import { datesOf, weekdayOf } from './months.ts';
import { OpeningChart } from './opening-chart.tsx';
import { useThisMonth } from './use-this-month.ts';

/** One elder's month: a calendar of how each day ended, and when the curtain was opened. */
export function HomeMonthView(props: { id: string; month: string | undefined; timeZone: string }) {
  const words = useTextOf(BOARD_REPORT_TEXT);
  const report = useTextOf(REPORT_TEXT);
  const thisMonth = useThisMonth(props.timeZone);
  const ofMonth = props.month ? `?month=${encodeURIComponent(props.month)}` : '';
  const query = useQuery({
    queryKey: ['home-month', props.id, props.month],
    queryFn: ({ signal }) => get<HomeMonthReport>(`/households/${props.id}/month${ofMonth}`, signal),
    placeholderData: keepPreviousData,
  });
  const month = props.month ?? query.data?.month;
  const home = query.data?.home;
  return (
    <>
      <header className="page-head">
        <div>
          <h2>
            {home ? `${words.code(home.code)} ${home.salutation}` : words.title}{' '}
            {month ? <small>{sayMonth(month, report)}</small> : null}
          </h2>
        </div>
        <nav className="actions" aria-label={words.title}>
          <a className="link" href={month ? `#report/${month}` : '#report'}>
            ‹ {words.home.back}
          </a>
          <a className="button" href={`#register/${props.id}`}>
            {words.home.file}
          </a>
          {month ? (
            <MonthChoice
              month={month}
              latest={thisMonth}
              hrefOf={(value) => `#report/home/${props.id}/${value}`}
            />
          ) : null}
        </nav>
      </header>
      <Loaded query={query} loading={words.loading}>
        {(data) =>
          data.home ? (
            <div className="report-body" aria-busy={query.isPlaceholderData || undefined}>
              <div className="home-month">
                <Calendar home={data.home} month={data.month} />
                <section className="report-part" aria-label={words.home.chart}>
                  <h3>{words.home.chart}</h3>
                  <OpeningChart home={data.home} month={data.month} />
                  <DayTable home={data.home} />
                </section>
              </div>
            </div>
          ) : (
            <section className="state">
              <h2>{words.home.noneTitle}</h2>
              <p>{words.home.noneLead}</p>
            </section>
          )
        }
      </Loaded>
    </>
  );
}

function Calendar({ home, month }: { home: HomeMonth; month: string }) {
  const common = useText();
  const words = useTextOf(BOARD_REPORT_TEXT);
  const report = useTextOf(REPORT_TEXT);
  const byDate = new Map(home.days.map((day) => [day.date, day]));
  const dates = datesOf(month);
  const blanks = weekdayOf(dates[0] ?? '');
  const cells = [...Array.from({ length: blanks }, () => null), ...dates];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => cells[week * 7 + day] ?? null),
  );
  return (
    <section className="report-part" aria-label={words.home.calendar}>
      <h3>{words.home.calendar}</h3>
      <Legend />
      <table className="calendar">
        <thead>
          <tr>
            {common.rota.weekdays.map((weekday) => (
              <th key={weekday} scope="col">
                {weekday}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week.find(Boolean)}>
              {week.map((date, weekday) => {
                // biome-ignore lint/suspicious/noArrayIndexKey: a week has seven places
                if (date === null) return <td key={weekday} />;
                const day = byDate.get(date);
                const closing = closingOf(day);
                return (
                  <td key={date} data-closing={closing} title={sayDay(day, report, words)}>
                    <b>{Number(date.slice(8))}</b>
                    {day?.openedMinute == null ? (
                      day && (
                        <>
                          <span className="word">{sayClosing(closing, report, words)}</span>
                          <span className="mark">{words.marks[closing]}</span>
                        </>
                      )
                    ) : (
                      <span>{sayMinute(day.openedMinute)}</span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The chart in words, for who does not see it and for who wants to know it exactly. */
function DayTable({ home }: { home: HomeMonth }) {
  const common = useText();
  const words = useTextOf(BOARD_REPORT_TEXT);
  const report = useTextOf(REPORT_TEXT);
  return (
    <details>
      <summary>{words.home.table}</summary>
      <table className="record-rows">
        <thead>
          <tr>
            <th scope="col">{words.home.date}</th>
            <th scope="col">{words.home.time}</th>
            <th scope="col">{words.home.how}</th>
            <th scope="col">{words.home.deadline}</th>
          </tr>
        </thead>
        <tbody>
          {home.days.map((day) => (
            <tr key={day.date}>
              <th scope="row">
                <a href={`#report/day/${day.date}`}>{dateOf(day.date, common)}</a>
              </th>
              <td data-label={words.home.time}>
                {day.openedMinute === null ? report.none : sayMinute(day.openedMinute)}
              </td>
              <td data-label={words.home.how}>{sayDay({ ...day, openedMinute: null }, report, words)}</td>
              <td data-label={words.home.deadline}>{sayMinute(day.deadlineMinute)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
