import type { ReactNode } from 'react';
import type { MonthReport } from '#contracts/http/report.ts';
import { BOARD_REPORT_TEXT } from '#pact/text/board-report.ts';
import { useLanguage, useTextOf } from '../app/language.ts';
import { fetchFile } from '../app/save-file.ts';
import { useIsOffice } from '../app/session.tsx';
import { useAction } from '../app/use-action.ts';

const FORMATS = ['pdf', 'xlsx'] as const;
/** The workbook names homes and stewards. */
const NUMBERS_ONLY = ['pdf'] as const;

/** The month as files, in the language of the page. */
export function Exports({ report, children }: { report: MonthReport; children: ReactNode }) {
  const words = useTextOf(BOARD_REPORT_TEXT);
  const language = useLanguage();
  const isOffice = useIsOffice();
  const { run, pending } = useAction();
  const save = (format: (typeof FORMATS)[number]) => {
    const query = `community=${report.communityId}&month=${report.month}&language=${language}`;
    const name = `report-${report.month}.${format}`;
    return run(() => fetchFile(`/reports/month.${format}?${query}`, name), words.downloaded);
  };
  return (
    <div className="exports">
      {(isOffice ? FORMATS : NUMBERS_ONLY).map((format) => (
        <button
          key={format}
          type="button"
          className="button"
          disabled={pending}
          onClick={() => void save(format)}
        >
          {words[format]}
        </button>
      ))}
      <p className="hint">
        {children} {isOffice ? words.exportHint : null}
      </p>
    </div>
  );
}
