import { useQueryClient } from '@tanstack/react-query';
import { type DragEvent, useRef, useState } from 'react';
import type { ExchangeReport } from '#contracts/http/register/exchange.ts';
import { EXCHANGE_TEXT } from '#pact/text/board-exchange.ts';
import { ApiProblem } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Imports } from './imports.tsx';
import { Preview } from './preview.tsx';
import { Result } from './result.tsx';
import { saveRegister, sendSheet } from './send-sheet.ts';
import '../style/exchange.css';

type Step =
  | { at: 'choosing'; problem?: unknown }
  | { at: 'reading'; file: File }
  | { at: 'looking'; file: File; report: ExchangeReport; stale: boolean }
  | { at: 'applying'; file: File; report: ExchangeReport }
  | { at: 'done'; report: ExchangeReport };

/** The office's own spreadsheet: what it would change, then the change, and the way back out. */
export default function ExchangePage(props: PageProps) {
  const words = useTextOf(EXCHANGE_TEXT);
  const queries = useQueryClient();
  const [step, setStep] = useState<Step>({ at: 'choosing' });
  const communityId = props.community.id;

  async function look(file: File, stale = false) {
    setStep({ at: 'reading', file });
    try {
      setStep({ at: 'looking', file, report: await sendSheet(communityId, file), stale });
    } catch (problem) {
      setStep({ at: 'choosing', problem });
    }
  }

  async function apply(file: File, report: ExchangeReport) {
    setStep({ at: 'applying', file, report });
    try {
      await saveRegister(communityId);
      const done = await sendSheet(communityId, file, report.stamp);
      await queries.invalidateQueries();
      setStep({ at: 'done', report: done });
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.status === 409) return look(file, true);
      setStep({ at: 'choosing', problem });
    }
  }

  return (
    <PageFrame page="exchange" title={words.title} shared={props}>
      <header className="page-head">
        <div>
          <h2>{words.title}</h2>
          <p className="hint">{words.lead}</p>
        </div>
        <nav className="actions" aria-label={words.title}>
          <button type="button" className="button" onClick={() => void saveRegister(communityId)}>
            {words.download}
          </button>
        </nav>
      </header>
      {step.at === 'choosing' ? <Choose problem={step.problem} onFile={(file) => void look(file)} /> : null}
      {step.at === 'reading' ? (
        <section className="state" aria-busy="true">
          <p role="status">{words.reading}</p>
        </section>
      ) : null}
      {step.at === 'looking' || step.at === 'applying' ? (
        <>
          {step.at === 'looking' && step.stale ? (
            <p className="amber box" role="alert">
              {words.stale}
            </p>
          ) : null}
          <Preview
            file={step.file.name}
            report={step.report}
            applying={step.at === 'applying'}
            onApply={() => void apply(step.file, step.report)}
            onAnother={() => setStep({ at: 'choosing' })}
          />
        </>
      ) : null}
      {step.at === 'done' ? (
        <Result report={step.report} onAnother={() => setStep({ at: 'choosing' })} />
      ) : null}
      {step.at === 'choosing' || step.at === 'done' ? <Imports community={props.community} /> : null}
    </PageFrame>
  );
}

function Choose({ problem, onFile }: { problem: unknown; onFile: (file: File) => void }) {
  const words = useTextOf(EXCHANGE_TEXT);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drag = (on: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(on);
  };
  return (
    <section
      className="drop"
      data-over={over || undefined}
      aria-label={words.choose}
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={(event) => {
        drag(false)(event);
        const [file] = event.dataTransfer.files;
        if (file) onFile(file);
      }}
    >
      <input
        ref={input}
        hidden
        type="file"
        accept=".xlsx,.csv"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) onFile(file);
        }}
      />
      <button type="button" className="button strong" onClick={() => input.current?.click()}>
        {words.choose}
      </button>
      <p>{words.drop}</p>
      <p className="hint">{words.downloadHint}</p>
      <ProblemNote problem={problem} />
    </section>
  );
}
