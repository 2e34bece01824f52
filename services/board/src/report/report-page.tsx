import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { DayView } from './day-view.tsx';
import { HomeMonthView } from './home-month.tsx';
import { MonthView } from './month-view.tsx';
import '../style/report.css';

/**
 * The account of a month: `#report/<month>` of the community, `#report/home/<id>/<month>` of one home,
 * `#report/day/<date>` of one day.
 */
export default function ReportPage(props: PageProps) {
  const words = useTextOf(BOARD_REPORT_TEXT);
  const [first, second, third] = props.rest;
  return (
    <PageFrame page="report" title={words.title} shared={props} className="report">
      {first === 'home' && second ? (
        <HomeMonthView key={second} id={second} month={third} timeZone={props.community.timeZone} />
      ) : first === 'day' && second ? (
        <DayView key={second} date={second} community={props.community} />
      ) : (
        <MonthView community={props.community} communities={props.communities} month={first} />
      )}
    </PageFrame>
  );
}
