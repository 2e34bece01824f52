import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { DayView } from './day-view.tsx';
import { HomeMonthView } from './home-month.tsx';
import { MonthView } from './month-view.tsx';
import '../style/report.css';

/** An address that somebody has shortened by hand leads to the latest month. */
const MONTH = /^2\d{3}-(0[1-9]|1[0-2])$/;

/**
 * The account of a month: `#report/<month>` of the community, `#report/home/<id>/<month>` of one home,
 * `#report/day/<date>` of one day.
 */
export default function ReportPage(props: PageProps) {
  const words = useTextOf(BOARD_REPORT_TEXT);
  const [first, second, third] = props.rest;
  const monthOf = (said: string | undefined) => (said && MONTH.test(said) ? said : undefined);
  return (
    <PageFrame page="report" title={words.title} shared={props} className="report">
      {first === 'home' && second ? (
        <HomeMonthView key={second} id={second} month={monthOf(third)} timeZone={props.community.timeZone} />
      ) : first === 'day' && second ? (
        <DayView key={second} date={second} community={props.community} />
      ) : (
        <MonthView community={props.community} communities={props.communities} month={monthOf(first)} />
      )}
    </PageFrame>
  );
}
