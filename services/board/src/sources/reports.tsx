import type { DeviceReport } from '#contracts/http/register/device.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { useTextOf } from '../app/language.ts';
import { momentOf } from '../register/moment.ts';
import { reportWords } from './device-words.ts';

/** The last messages of a device: when, what was read, what became of it, and the message itself. */
export function Reports({ reports, timeZone }: { reports: readonly DeviceReport[]; timeZone: string }) {
  const words = useTextOf(SOURCES_TEXT);
  if (reports.length === 0) return <p className="hint">{words.card.reportsNone}</p>;
  return (
    <ol className="reports">
      {reports.map((report) => (
        <li key={report.id} data-refused={report.refusal ? '' : undefined}>
          <p>
            <time>{momentOf(report.receivedAt, timeZone)}</time> <b>{reportWords(report, words)}</b>{' '}
            {report.became ? <span>{words.report.became[report.became] ?? report.became}</span> : null}
          </p>
          <small>
            {[
              report.retained && words.report.retained,
              report.networkAt && words.report.networkTime(momentOf(report.networkAt, timeZone)),
              report.deviceAt && words.report.deviceTime(momentOf(report.deviceAt, timeZone)),
              report.fPort !== null && words.report.port(report.fPort),
              report.topic,
            ]
              .filter(Boolean)
              .join(' · ')}
          </small>
          {report.payload ? <code>{report.payload}</code> : null}
        </li>
      ))}
    </ol>
  );
}
