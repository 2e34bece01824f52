import type { ExchangeReport } from '#contracts/http/register/exchange.ts';
import { EXCHANGE_TEXT } from '#pact/text/board-exchange.ts';
import { useTextOf } from '../app/language.ts';
import { saveCsv } from './send-sheet.ts';

/** What was done, and what is shown only now. */
export function Result({ report, onAnother }: { report: ExchangeReport; onAnother: () => void }) {
  const words = useTextOf(EXCHANGE_TEXT);
  const { credentials } = report;
  return (
    <>
      <p className="well box" role="status">
        {words.done(report.added, report.changed)}
      </p>
      {credentials.length > 0 ? (
        <section className="amber box">
          <h3>{words.credentials}</h3>
          <ul className="secrets">
            {credentials.map(({ code, id, secret }) => (
              <li key={id}>
                {code} <code>{id}</code> <code>{secret}</code>
              </li>
            ))}
          </ul>
          <button
            type="button"
            className="button"
            onClick={() =>
              saveCsv(
                [
                  words.credentialHeader,
                  ...credentials.map(({ code, id, secret, topic }) => [code, id, secret, topic]),
                ],
                'sensors.csv',
              )
            }
          >
            {words.saveCredentials}
          </button>
        </section>
      ) : null}
      <div className="actions">
        <button type="button" className="button" onClick={onAnother}>
          {words.another}
        </button>
      </div>
    </>
  );
}
