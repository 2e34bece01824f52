import { memo, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { HomeView } from '#contracts/http/today.ts';
import type { BoardText } from '#pact/text/board.ts';
import { VIEWS_TEXT } from '#pact/text/board-views.ts';
import { useText, useTextOf } from '../app/language.ts';
import { spokenLabel, verdictOf } from '../facade/home-words.ts';
import type { Look } from '../facade/look.ts';
import { createSorter } from './sort-homes.ts';
import { useRows } from './use-rows.ts';
import { useWalk } from './use-walk.ts';

type Props = {
  homes: readonly HomeView[];
  lookOf: (home: HomeView) => Look;
  timeZone: string;
  onOpen: (householdId: string) => void;
};

const TILE_WIDTH = 118;
const ROW_HEIGHT = 68;

/** Every home as a tile with its number, in their order; only the tiles in sight are there. */
export const HomeGrid = memo(function HomeGrid({ homes, lookOf, timeZone, onOpen }: Props) {
  const words = useText();
  const views = useTextOf(VIEWS_TEXT);
  const [sort] = useState(createSorter);
  const sorted = useMemo(() => sort(homes, { by: 'code', down: false }, lookOf), [sort, homes, lookOf]);
  const ids = useMemo(() => sorted.map((home) => home.householdId), [sorted]);
  const ref = useRef<HTMLDivElement>(null);
  const columns = useColumns(ref);
  const rowCount = Math.ceil(sorted.length / columns);
  const { first, last } = useRows(ref, rowCount, ROW_HEIGHT);
  const { stop, onKeyDown, onFocus } = useWalk(ref, ids, columns, ROW_HEIGHT);

  return (
    <section className="home-grid" aria-label={views.gridLabel} aria-describedby="grid-keys">
      <p id="grid-keys" className="unseen">
        {views.keys}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its tiles are buttons; keys and clicks bubble up to here */}
      <div
        className="tiles"
        ref={ref}
        style={{ height: rowCount * ROW_HEIGHT }}
        onKeyDown={onKeyDown}
        onFocus={(event) => event.target.dataset.home && onFocus(event.target.dataset.home)}
        onClick={(event) => {
          const id = (event.target as Element).closest<HTMLElement>('[data-home]')?.dataset.home;
          if (id) onOpen(id);
        }}
      >
        <div
          className="tile-window"
          style={{
            transform: `translateY(${first * ROW_HEIGHT}px)`,
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
          }}
        >
          {sorted.slice(first * columns, last * columns).map((home) => (
            <Tile
              key={home.householdId}
              home={home}
              look={lookOf(home)}
              timeZone={timeZone}
              words={words}
              stop={home.householdId === stop}
            />
          ))}
        </div>
      </div>
    </section>
  );
});

type TileProps = { home: HomeView; look: Look; timeZone: string; words: BoardText; stop: boolean };

const Tile = memo(function Tile({ home, look, timeZone, words, stop }: TileProps) {
  return (
    <button
      type="button"
      className="tile"
      data-home={home.householdId}
      data-tone={look.tone}
      data-picture={look.picture}
      tabIndex={stop ? 0 : -1}
      aria-haspopup="dialog"
      aria-label={spokenLabel(home, look, timeZone, words, home.code)}
    >
      <b>{home.code}</b> <span>{verdictOf(home, look, timeZone, words)}</span>
    </button>
  );
});

/** As many tiles side by side as there is room for. */
function useColumns(ref: { current: HTMLElement | null }): number {
  const [columns, setColumns] = useState(8);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setColumns(Math.max(2, Math.floor(element.clientWidth / TILE_WIDTH)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return columns;
}
