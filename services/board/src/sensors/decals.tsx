import { useState } from 'react';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { DECALS_ON_A_SHEET, MOST_DECALS_CHOSEN } from '#pact/text/decal.ts';
import { useText, useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { ProblemNote } from '../app/problem-note.tsx';
import { fetchFile } from '../app/save-file.ts';
import { useAction } from '../app/use-action.ts';
import { useHomes } from '../app/use-homes.ts';

/** Which homes' decals are printed, and the sheet. */
export function Decals({ communityId }: { communityId: string }) {
  const common = useText();
  const sensors = useTextOf(SENSORS_TEXT);
  const words = sensors.decals;
  const homes = useHomes(communityId);
  const { run, pending, problem } = useAction('inline');
  const [chosen, setChosen] = useState<ReadonlySet<string>>();
  const list = homes.data ?? [];
  const count = chosen?.size ?? list.length;
  const tooMany = chosen !== undefined && count > MOST_DECALS_CHOSEN;

  function toggle(id: string, on: boolean) {
    const next = new Set(chosen ?? []);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  }
  const print = () =>
    run(async () => {
      const households = chosen ? `&households=${[...chosen].join(',')}` : '';
      await fetchFile(`/decals.pdf?community=${communityId}${households}`, 'decals.pdf');
    }, words.printed);

  return (
    <>
      <header className="page-head">
        <div>
          <h2>{sensors.tabs.decals}</h2>
          <p className="hint">{words.lead}</p>
        </div>
        <nav className="actions" aria-label={sensors.tabs.decals}>
          <button
            type="button"
            className="button strong"
            disabled={pending || count === 0 || tooMany}
            aria-busy={pending}
            onClick={() => void print()}
          >
            {words.print}
          </button>
        </nav>
        {problem === undefined ? null : <ProblemNote problem={problem} />}
      </header>
      <Loaded query={homes} loading={sensors.loading}>
        {() =>
          list.length === 0 ? (
            <section className="state">
              <h2>{words.none}</h2>
              <a className="button strong" href="#exchange">
                {common.pages.exchange}
              </a>
            </section>
          ) : (
            <fieldset className="decal-homes">
              <legend>{words.choose}</legend>
              <p role="status" className={tooMany ? 'problem box' : 'hint'}>
                {tooMany
                  ? words.most(MOST_DECALS_CHOSEN)
                  : words.chosen(count, Math.ceil(count / DECALS_ON_A_SHEET))}
                {' · '}
                {words.hint}
              </p>
              <label className="check">
                <input
                  type="checkbox"
                  checked={chosen === undefined}
                  onChange={(event) => setChosen(event.target.checked ? undefined : new Set())}
                />
                <b>{words.chooseAll}</b>
              </label>
              <div>
                {list.map((home) => (
                  <label key={home.id} className="check">
                    <input
                      type="checkbox"
                      checked={chosen === undefined || chosen.has(home.id)}
                      onChange={(event) => {
                        if (chosen === undefined)
                          setChosen(new Set(list.map(({ id }) => id).filter((id) => id !== home.id)));
                        else toggle(home.id, event.target.checked);
                      }}
                    />
                    {sensors.code(home.code)} {home.salutation}
                  </label>
                ))}
              </div>
            </fieldset>
          )
        }
      </Loaded>
    </>
  );
}
