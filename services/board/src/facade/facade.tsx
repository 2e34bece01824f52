import { type KeyboardEvent, type MouseEvent, memo, useMemo, useRef, useState } from 'react';
import type { HomeView } from '#contracts/http/today.ts';
import { useText } from '../app/language.ts';
import { useServerTime } from '../today/clock.ts';
import { HomeWindow } from './home-window.tsx';
import { placeOf, reasonOf, verdictOf } from './home-words.ts';
import { Legend } from './legend.tsx';
import { belongsTo, type Filter, lookOf } from './look.ts';
import { type Arrow, neighbourOf } from './neighbour-window.ts';
import { Shapes } from './pictures.tsx';
import { buildStreet, columnOf, type House } from './street.ts';

/** How finely the façade follows the clock: amber comes at most this late. */
const STEP_MS = 10_000;

type Props = {
  homes: readonly HomeView[];
  timeZone: string;
  filter: Filter;
  onOpen: (householdId: string) => void;
};

/** Every home as a window in its building. One Tab stop; the arrow keys walk from window to window. */
export const Facade = memo(function Facade({ homes, timeZone, filter, onOpen }: Props) {
  const words = useText();
  const nowMs = useServerTime(STEP_MS);
  const street = useMemo(() => buildStreet(homes), [homes]);
  const ref = useRef<HTMLElement>(null);
  const [stopAt, setStopAt] = useState<string>();
  const [shown, setShown] = useState<string>();
  const stop = homes.some((home) => home.householdId === stopAt) ? stopAt : firstOf(street);

  const idOf = (event: { target: EventTarget }) =>
    (event.target as Element).closest<HTMLElement>('[data-home]')?.dataset.home;

  function walk(event: KeyboardEvent) {
    const all = [...(ref.current?.querySelectorAll<HTMLElement>('[data-home]') ?? [])];
    const from = all.indexOf(document.activeElement as HTMLElement);
    if (from < 0) return;
    const to =
      event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : arrowTo(event.key, all, from);
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.focus();
  }

  const preview = homes.find((home) => home.householdId === shown);
  return (
    <section
      className="facade"
      ref={ref}
      aria-label={words.facade.label}
      aria-describedby="facade-keys"
      onKeyDown={walk}
      onFocus={(event) => {
        const id = idOf(event);
        if (id) setStopAt(id);
        setShown(id);
      }}
      onBlur={() => setShown(undefined)}
      onPointerOver={(event) => event.pointerType === 'mouse' && setShown(idOf(event))}
      onPointerLeave={() => setShown(undefined)}
      onClick={(event: MouseEvent) => {
        const id = idOf(event);
        if (id) onOpen(id);
      }}
    >
      <p id="facade-keys" className="unseen">
        {words.facade.keyboard}
      </p>
      <Shapes />
      <div className="street">
        {street.map((house) => (
          // biome-ignore lint/a11y/useSemanticElements: a house is no form
          <div
            className="house"
            key={house.building}
            role="group"
            aria-label={words.facade.building(house.building)}
          >
            <h2>
              {words.facade.building(house.building)} <span>{words.facade.homes(house.homes)}</span>
            </h2>
            <div className="stairs">
              {house.stairs.map((stair) => (
                <div className="stair" key={stair.unit ?? ''}>
                  {house.stairs.length > 1 && stair.unit ? <h3>{words.facade.unit(stair.unit)}</h3> : null}
                  {stair.rows.map((row) => (
                    <div
                      className="floor"
                      key={row.floor ?? 'other'}
                      data-empty={row.homes.length === 0 || undefined}
                    >
                      <i aria-hidden="true">
                        {row.floor === null ? words.facade.other : words.facade.floor(row.floor)}
                      </i>
                      <div
                        className="windows"
                        style={{ '--columns': Math.max(1, stair.columns.length || 4) } as object}
                      >
                        {row.homes.map((home) => (
                          <HomeWindow
                            key={home.householdId}
                            home={home}
                            nowMs={nowMs}
                            timeZone={timeZone}
                            words={words}
                            dimmed={!belongsTo(filter, lookOf(home, nowMs))}
                            stop={home.householdId === stop}
                            column={columnIn(stair.columns, home)}
                          />
                        ))}
                      </div>
                    </div>
                  ))}
                </div>
              ))}
            </div>
          </div>
        ))}
      </div>
      <div className="footing">
        {preview ? (
          <p className="preview" aria-hidden="true">
            <b>{words.home.code(preview.code)}</b> {placeOf(preview, words)} · {preview.salutation} ·{' '}
            {verdictOf(preview, lookOf(preview, nowMs), timeZone, words)}
            {preview.reason ? ` · ${reasonOf(preview.reason, words)}` : ''} · {words.home.steward}{' '}
            {preview.steward ?? words.home.none}
          </p>
        ) : (
          <Legend />
        )}
      </div>
    </section>
  );
});

const firstOf = (street: readonly House[]): string | undefined =>
  street.flatMap((house) => house.stairs.flatMap((stair) => stair.rows.flatMap((row) => row.homes)))[0]
    ?.householdId;

/** The grid's column, counted from one; rooms without a column of their own find their place by themselves. */
function columnIn(columns: readonly string[], home: HomeView): number | undefined {
  const index = columns.indexOf(columnOf(home) ?? '');
  return index < 0 ? undefined : index + 1;
}

function arrowTo(key: string, all: readonly HTMLElement[], from: number): number | undefined {
  if (!key.startsWith('Arrow')) return undefined;
  const spots = all.map((window) => window.getBoundingClientRect());
  return neighbourOf(spots, from, key as Arrow);
}
