import { memo, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { HomeView } from '#contracts/http/today.ts';
import type { BoardText } from '#pact/text/board.ts';
import { VIEWS_TEXT } from '#pact/text/board-views.ts';
import { useText, useTextOf } from '../app/language.ts';
import { placeOf, reasonOf, verdictOf } from '../facade/home-words.ts';
import type { Look } from '../facade/look.ts';
import { timeOnDay } from '../today/local-time.ts';
import { COLUMNS, createSorter, type Order } from './sort-homes.ts';
import { useRows } from './use-rows.ts';
import { useWalk } from './use-walk.ts';

type Props = {
  homes: readonly HomeView[];
  lookOf: (home: HomeView) => Look;
  timeZone: string;
  date: string;
  onOpen: (householdId: string) => void;
};

/** One home a line, those in sight only: five thousand lines scroll like fifty. */
export const HomeList = memo(function HomeList({ homes, lookOf, timeZone, date, onOpen }: Props) {
  const words = useText();
  const views = useTextOf(VIEWS_TEXT);
  const narrow = useSyncExternalStore(subscribeToWidth, () => NARROW.matches);
  const rowHeight = narrow ? 78 : 46;
  const [sort] = useState(createSorter);
  const [order, setOrder] = useState<Order>({ by: 'code', down: false });
  const sorted = useMemo(() => sort(homes, order, lookOf), [sort, homes, order, lookOf]);
  const ids = useMemo(() => sorted.map((home) => home.householdId), [sorted]);
  const ref = useRef<HTMLDivElement>(null);
  const { first, last } = useRows(ref, sorted.length, rowHeight);
  const { stop, onKeyDown, onFocus } = useWalk(ref, ids, 1, rowHeight);

  return (
    <section className="home-list" aria-label={views.listLabel} aria-describedby="list-keys">
      <p id="list-keys" className="unseen">
        {views.keys}
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of buttons is no form */}
      <div className="list-head" role="group" aria-label={views.label}>
        {COLUMNS.map((column) => (
          <button
            key={column}
            type="button"
            aria-pressed={order.by === column}
            title={views.sortBy(views.columns[column])}
            onClick={() => setOrder({ by: column, down: order.by === column && !order.down })}
          >
            {views.columns[column]}
            <i aria-hidden="true">{order.by === column ? (order.down ? '▼' : '▲') : ''}</i>
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its rows are buttons; keys and clicks bubble up to here */}
      <div
        className="rows"
        ref={ref}
        style={{ height: sorted.length * rowHeight, '--row': `${rowHeight}px` } as object}
        onKeyDown={onKeyDown}
        onFocus={(event) => event.target.dataset.home && onFocus(event.target.dataset.home)}
        onClick={(event) => {
          const id = (event.target as Element).closest<HTMLElement>('[data-home]')?.dataset.home;
          if (id) onOpen(id);
        }}
      >
        {sorted.slice(first, last).map((home, index) => (
          <Line
            key={home.householdId}
            home={home}
            look={lookOf(home)}
            top={(first + index) * rowHeight}
            timeZone={timeZone}
            date={date}
            words={words}
            stop={home.householdId === stop}
          />
        ))}
      </div>
    </section>
  );
});

type LineProps = {
  home: HomeView;
  look: Look;
  top: number;
  timeZone: string;
  date: string;
  words: BoardText;
  stop: boolean;
};

const Line = memo(function Line({ home, look, top, timeZone, date, words, stop }: LineProps) {
  return (
    <button
      type="button"
      className="line"
      data-home={home.householdId}
      data-tone={look.tone}
      data-picture={look.picture}
      tabIndex={stop ? 0 : -1}
      aria-haspopup="dialog"
      style={{ transform: `translateY(${top}px)` }}
    >
      <b>{words.home.code(home.code)}</b>
      <span className="where-who">
        {placeOf(home, words)} · {home.salutation}
      </span>
      <span className="verdict">
        <i aria-hidden="true" />
        {verdictOf(home, look, timeZone, words)}
        {home.reason && look.tone !== 'excused' ? <small> {reasonOf(home.reason, words)}</small> : null}
      </span>
      <span className="who">{home.steward ?? words.home.noSteward}</span>
      <span className="heard">
        {home.lastSeenAt ? timeOnDay(home.lastSeenAt, timeZone, date) : words.home.never}
      </span>
    </button>
  );
});

/** Where a line of columns does not fit, it becomes two. */
const NARROW = matchMedia('(max-width: 860px)');

function subscribeToWidth(listener: () => void) {
  NARROW.addEventListener('change', listener);
  return () => NARROW.removeEventListener('change', listener);
}
