import { memo } from 'react';
import type { HomeView } from '#contracts/http/today.ts';
import type { BoardText } from '#pact/text/board.ts';
import { belongs, isNarrowed, type Narrowing } from '../views/narrowing.ts';
import { HomeWindow } from './home-window.tsx';
import type { Look } from './look.ts';
import { columnOf, type House } from './street.ts';

type Props = {
  house: House;
  lookOf: (home: HomeView) => Look;
  timeZone: string;
  words: BoardText;
  narrowing: Narrowing;
  /** The window of this house that Tab stops at. */
  stop: string | undefined;
};

/** One building. What was not asked for is dimmed; a building without anything that was asked for is left out. */
export const HouseFront = memo(function HouseFront(props: Props) {
  const { house, lookOf, timeZone, words, narrowing, stop } = props;
  const isMeant = (home: HomeView) => belongs(narrowing, home, lookOf(home));
  if (!hasMeant(house, narrowing, lookOf)) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a house is no form
    <div className="house" role="group" aria-label={words.facade.building(house.building)}>
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
                      look={lookOf(home)}
                      timeZone={timeZone}
                      words={words}
                      dimmed={!isMeant(home)}
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
  );
});

/** Whether anything of a building was asked for. */
export const hasMeant = (house: House, narrowing: Narrowing, lookOf: (home: HomeView) => Look): boolean =>
  !isNarrowed(narrowing) ||
  house.stairs.some(({ rows }) =>
    rows.some(({ homes }) => homes.some((home) => belongs(narrowing, home, lookOf(home)))),
  );

/** The grid's column, counted from one; rooms without a column of their own find their place by themselves. */
function columnIn(columns: readonly string[], home: HomeView): number | undefined {
  const index = columns.indexOf(columnOf(home) ?? '');
  return index < 0 ? undefined : index + 1;
}
