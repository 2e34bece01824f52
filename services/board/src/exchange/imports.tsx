import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { ImportEntry, UndoneView } from '#contracts/http/register/exchange.ts';
import { EXCHANGE_TEXT } from '#pact/text/board-exchange.ts';
import { get, post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { sayDone } from '../app/toast.tsx';
import { useAction } from '../app/use-action.ts';
import { momentOf } from '../register/moment.ts';

/** The last imports, each with its way back. */
export function Imports({ community }: { community: CommunityView }) {
  const words = useTextOf(EXCHANGE_TEXT).imports;
  const [chosen, setChosen] = useState<ImportEntry>();
  const query = useQuery({
    queryKey: ['imports', community.id],
    queryFn: async () =>
      (await get<{ items: ImportEntry[] }>(`/register/imports?community=${community.id}`)).items,
    staleTime: 0,
  });
  if (query.isError) return <ProblemNote problem={query.error} />;
  if (!query.data || query.data.length === 0) return null;
  const said = (entry: ImportEntry) =>
    words.entry(momentOf(entry.at, community.timeZone), entry.by, entry.homes);
  return (
    <section aria-label={words.title}>
      <h3>{words.title}</h3>
      <ul className="lines">
        {query.data.map((entry) => (
          <li key={entry.id} className="setting">
            <span>{said(entry)}</span>
            <span className="actions">
              {entry.undone ? (
                <small>{words.undone}</small>
              ) : (
                <button
                  type="button"
                  className="button"
                  aria-label={`${words.undo}: ${said(entry)}`}
                  onClick={() => setChosen(entry)}
                >
                  {words.undo}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {chosen ? <UndoSheet entry={chosen} said={said(chosen)} onClose={() => setChosen(undefined)} /> : null}
    </section>
  );
}

function UndoSheet({ entry, said, onClose }: { entry: ImportEntry; said: string; onClose: () => void }) {
  const common = useText();
  const words = useTextOf(EXCHANGE_TEXT).imports;
  const queries = useQueryClient();
  const { run, pending, problem } = useAction('inline');

  async function undo() {
    let left = 0;
    const done = await run(async () => {
      left = (await post<UndoneView>(`/register/imports/${entry.id}/undo`, {})).left;
      await queries.invalidateQueries();
    }, words.done);
    if (left > 0) sayDone(words.left(left));
    if (done) onClose();
  }

  return (
    <Sheet title={words.sure} kind="box" onClose={onClose}>
      <p className="lead">
        <b>{said}</b>
        <br />
        {words.follows}
      </p>
      <ProblemNote problem={problem} />
      <div className="actions">
        <button
          type="button"
          className="button danger"
          aria-busy={pending}
          disabled={pending}
          onClick={() => void undo()}
        >
          {words.confirm}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {common.cancel}
        </button>
      </div>
    </Sheet>
  );
}
