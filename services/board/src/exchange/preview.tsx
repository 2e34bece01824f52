import type { ExchangeReport, HomeChange } from '#contracts/http/register/exchange.ts';
import type { SheetReason } from '#contracts/register-sheet/sheet.ts';
import { EXCHANGE_TEXT } from '#pact/text/board-exchange.ts';
import { SHEET_TEXT } from '#pact/text/register-sheet.ts';
import { useLanguage, useText, useTextOf } from '../app/language.ts';
import { dateOf } from '../today/local-time.ts';
import { saveCsv } from './send-sheet.ts';

type Problem = ExchangeReport['problems'][number];

/** What a sheet would do, before it does it. */
export function Preview(props: {
  file: string;
  report: ExchangeReport;
  applying: boolean;
  onApply: () => void;
  onAnother: () => void;
}) {
  const common = useText();
  const words = useTextOf(EXCHANGE_TEXT);
  const { report } = props;
  const { added, changed, unchanged, refusedRows, changes } = report;
  const hasWork = added + changed > 0;
  const left = added + changed - changes.length;
  return (
    <>
      <p className="hint">{words.file(props.file)}</p>
      <ul className="tiles">
        <Tile name={words.counts.added} value={words.homes(added)} tone="green" />
        <Tile name={words.counts.changed} value={words.homes(changed)} tone="amber" />
        <Tile name={words.counts.unchanged} value={words.homes(unchanged)} tone="soft" />
        <Tile
          name={words.counts.refused}
          value={words.rows(refusedRows)}
          tone={refusedRows > 0 ? 'red' : 'soft'}
        />
      </ul>
      {report.problems.length > 0 ? (
        <section className="problem box">
          <h3>{words.problemsTitle}</h3>
          <p>{words.problemsHint}</p>
          <Problems list={report.problems} />
          <SaveProblems list={report.problems} />
        </section>
      ) : null}
      {report.warnings.length > 0 ? (
        <section className="amber box">
          <h3>{words.warningsTitle}</h3>
          <Problems list={report.warnings} />
        </section>
      ) : null}
      {hasWork ? (
        <section>
          <h3>{words.changesTitle}</h3>
          <ul className="changes">
            {changes.map((change) => (
              <Change key={`${change.community}/${change.code}`} change={change} />
            ))}
          </ul>
          {left > 0 ? <p className="hint">{words.more(left)}</p> : null}
        </section>
      ) : report.problems.length === 0 ? (
        <p className="well box">{words.nothing}</p>
      ) : null}
      {report.unnamed.length > 0 ? <p className="hint">{words.unnamed(report.unnamed.length)}</p> : null}
      {report.pactsFrom.map(({ fromOn, homes }) => (
        <p key={fromOn} className="hint">
          {words.pactsFrom(dateOf(fromOn, common), homes)}
        </p>
      ))}
      <div className="actions stick">
        {hasWork ? (
          <button
            type="button"
            className="button strong"
            disabled={props.applying}
            aria-busy={props.applying}
            onClick={props.onApply}
          >
            {props.applying ? words.applying : words.apply(added, changed)}
          </button>
        ) : null}
        <button type="button" className="button" disabled={props.applying} onClick={props.onAnother}>
          {words.another}
        </button>
        {hasWork ? <span className="hint">{words.keepFirst}</span> : null}
      </div>
    </>
  );
}

const Tile = ({ name, value, tone }: { name: string; value: string; tone: string }) => (
  <li data-tone={tone}>
    <b>{value}</b> <span>{name}</span>
  </li>
);

function Change({ change }: { change: HomeChange }) {
  const words = useTextOf(EXCHANGE_TEXT);
  return (
    <li>
      <b>
        {words.code(change.code)} {change.isNew ? <i>{words.isNew}</i> : null}
      </b>
      <ul>
        {change.fields.map(({ column, from, to }) => (
          <li key={column}>
            {column}:{' '}
            {change.isNew ? null : (
              <>
                <del>{from ?? words.empty}</del> →{' '}
              </>
            )}
            <ins>{to ?? words.empty}</ins>
          </li>
        ))}
      </ul>
    </li>
  );
}

function useSaid(): (problem: Problem) => string {
  const language = useLanguage();
  return ({ reason, allowed }) => SHEET_TEXT[language][reason as SheetReason](allowed ?? {});
}

function Problems({ list }: { list: readonly Problem[] }) {
  const words = useTextOf(EXCHANGE_TEXT);
  const said = useSaid();
  return (
    <ul>
      {list.map((problem) => (
        <li key={`${problem.row}/${problem.column}/${problem.reason}`}>
          <b>{words.at(problem.row, problem.column)}</b> {said(problem)}
        </li>
      ))}
    </ul>
  );
}

function SaveProblems({ list }: { list: readonly Problem[] }) {
  const words = useTextOf(EXCHANGE_TEXT);
  const said = useSaid();
  const save = () =>
    saveCsv(
      list.map((problem) => [problem.row, problem.column, said(problem)]),
      'problems.csv',
    );
  return (
    <button type="button" className="button" onClick={save}>
      {words.saveProblems}
    </button>
  );
}
