import { useCallback, useMemo } from 'react';
import type { HomeView, TodayView } from '#contracts/http/today.ts';
import { Facade } from '../facade/facade.tsx';
import { lookOf as lookAt } from '../facade/look.ts';
import { useServerTime } from '../today/clock.ts';
import { HomeGrid } from './home-grid.tsx';
import { HomeList } from './home-list.tsx';
import { belongs, isNarrowed, type Narrowing } from './narrowing.ts';
import { useView } from './use-view.ts';
import { ViewBar } from './view-bar.tsx';

/** How finely the homes follow the clock: amber comes at most this late. */
const STEP_MS = 10_000;

type Props = {
  today: TodayView;
  narrowing: Narrowing;
  onNarrow: (parts: Partial<Narrowing>) => void;
  onOpen: (householdId: string) => void;
};

/** The homes as a street, as lines or as tiles, all of them or those that were asked for. */
export function Homes({ today, narrowing, onNarrow, onOpen }: Props) {
  const nowMs = useServerTime(STEP_MS);
  const [view, setView] = useView();
  const { homes, timeZone, date } = today;
  const lookOf = useCallback((home: HomeView) => lookAt(home, nowMs), [nowMs]);
  const shown = useMemo(
    () => (isNarrowed(narrowing) ? homes.filter((home) => belongs(narrowing, home, lookOf(home))) : homes),
    [homes, narrowing, lookOf],
  );
  const parts = { lookOf, timeZone, onOpen };
  return (
    <>
      <ViewBar
        homes={homes}
        lookOf={lookOf}
        view={view}
        onView={setView}
        narrowing={narrowing}
        onNarrow={onNarrow}
        left={shown.length}
      />
      {view === 'facade' ? (
        <Facade homes={homes} narrowing={narrowing} {...parts} />
      ) : view === 'list' ? (
        <HomeList homes={shown} date={date} {...parts} />
      ) : (
        <HomeGrid homes={shown} {...parts} />
      )}
    </>
  );
}
