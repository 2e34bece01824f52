import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import type { RotaView } from '#contracts/http/register/duty.ts';
import { get } from '../app/api.ts';
import { useText } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { AbsenceSheet, type Picked } from './absence-sheet.tsx';
import { RotaGrid } from './rota-grid.tsx';
import { RotaList } from './rota-list.tsx';
import { addDays } from './week.ts';

/** A week of the stewards' duty, and the days on which homes would have nobody. */
export default function RotaPage(props: PageProps) {
  const words = useText();
  return (
    <PageFrame page="rota" title={words.rota.title} shared={props} className="rota-board">
      <Week communityId={props.community.id} />
    </PageFrame>
  );
}

function Week({ communityId }: { communityId: string }) {
  const words = useText();
  const narrow = useSyncExternalStore(subscribeToWidth, () => NARROW.matches);
  const [week, setWeek] = useState<string>();
  const [picked, setPicked] = useState<Picked>();
  const query = useQuery({
    queryKey: ['rota', communityId, week],
    queryFn: ({ signal }) =>
      get<RotaView>(`/rota?community=${communityId}${week ? `&week=${week}` : ''}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
  const rota = query.data;
  if (!rota)
    return query.isError ? (
      <Failed problem={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Loading />
    );
  if (rota.stewards.length === 0) {
    return (
      <section className="state">
        <h2>{words.rota.emptyTitle}</h2>
        <p>{words.rota.emptyLead}</p>
        <pre>npm run -s pact -- import docs/register-sample.csv</pre>
      </section>
    );
  }
  const shown = { rota, onPick: setPicked };
  return (
    <>
      <RotaHead rota={rota} onWeek={setWeek} onAdd={() => setPicked({})} />
      {query.isError ? <ProblemNote problem={query.error} /> : null}
      {narrow ? <RotaList {...shown} /> : <RotaGrid {...shown} />}
      {picked ? <AbsenceSheet rota={rota} picked={picked} onClose={() => setPicked(undefined)} /> : null}
    </>
  );
}

function RotaHead(props: { rota: RotaView; onWeek: (week: string | undefined) => void; onAdd: () => void }) {
  const words = useText();
  const { rota, onWeek } = props;
  const [, month, day] = rota.week.split('-').map(Number) as [number, number, number];
  const left = rota.days.filter(({ uncovered }) => uncovered.length > 0).length;
  return (
    <header className="page-head">
      <div>
        <h2>
          {words.rota.title} <small>{words.rota.week(month, day)}</small>
        </h2>
        <p className="hint">{words.rota.lead}</p>
      </div>
      <nav className="actions" aria-label={words.rota.title}>
        <button type="button" className="button" onClick={() => onWeek(addDays(rota.week, -7))}>
          ‹ {words.rota.earlier}
        </button>
        <button type="button" className="button" onClick={() => onWeek(undefined)}>
          {words.rota.thisWeek}
        </button>
        <button type="button" className="button" onClick={() => onWeek(addDays(rota.week, 7))}>
          {words.rota.later} ›
        </button>
        <button type="button" className="button strong" onClick={props.onAdd}>
          {words.rota.add}
        </button>
      </nav>
      <p className={left > 0 ? 'problem box' : 'well box'} role="status">
        {left > 0 ? words.rota.uncovered(left) : words.rota.wellCovered}
      </p>
    </header>
  );
}

function Loading() {
  const words = useText();
  return (
    <section className="state" aria-busy="true">
      <p role="status">{words.rota.loading}</p>
    </section>
  );
}

function Failed({ problem, onRetry }: { problem: unknown; onRetry: () => void }) {
  const words = useText();
  return (
    <section className="state">
      <h2>{words.rota.failed}</h2>
      <ProblemNote problem={problem} />
      <button type="button" className="button strong" onClick={onRetry}>
        {words.retry}
      </button>
    </section>
  );
}

/** Where seven columns do not fit, the week is a list of days. */
const NARROW = matchMedia('(max-width: 860px)');

function subscribeToWidth(listener: () => void) {
  NARROW.addEventListener('change', listener);
  return () => NARROW.removeEventListener('change', listener);
}
