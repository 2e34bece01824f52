import { type KeyboardEvent, type MouseEvent, memo, useMemo, useRef, useState } from 'react';
import type { HomeView } from '#contracts/http/today.ts';
import { useText } from '../app/language.ts';
import type { Narrowing } from '../views/narrowing.ts';
import { placeOf, reasonOf, verdictOf } from './home-words.ts';
import { HouseFront, hasMeant } from './house-front.tsx';
import { Legend } from './legend.tsx';
import type { Look } from './look.ts';
import { walkTo } from './neighbour-window.ts';
import { type House, streetAfter } from './street.ts';

type Props = {
  homes: readonly HomeView[];
  lookOf: (home: HomeView) => Look;
  timeZone: string;
  narrowing: Narrowing;
  onOpen: (householdId: string) => void;
};

/** Every home as a window in its building. One Tab stop; the arrow keys walk from window to window. */
export const Facade = memo(function Facade({ homes, lookOf, timeZone, narrowing, onOpen }: Props) {
  const words = useText();
  const { street, isRush } = useStreet(homes);
  const ref = useRef<HTMLElement>(null);
  const [stopAt, setStopAt] = useState<string>();
  const [shown, setShown] = useState<string>();
  const isThere = (house: House) => hasMeant(house, narrowing, lookOf);
  const houseOfStop = street.find(
    (house) => stopAt !== undefined && idsOf(house).includes(stopAt) && isThere(house),
  );
  const stopHouse = houseOfStop ?? street.find(isThere);
  const stop = houseOfStop ? stopAt : idsOf(stopHouse)[0];
  const preview = shown === undefined ? undefined : homes.find((home) => home.householdId === shown);

  const idOf = (event: { target: EventTarget }) =>
    (event.target as Element).closest<HTMLElement>('[data-home]')?.dataset.home;

  function walk(event: KeyboardEvent) {
    const to = walkTo(event.key, ref.current, document.activeElement);
    if (!to) return;
    event.preventDefault();
    to.focus();
  }

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
      <div className="street" data-still={isRush || undefined}>
        {street.map((house) => (
          <HouseFront
            key={house.building}
            house={house}
            lookOf={lookOf}
            timeZone={timeZone}
            words={words}
            narrowing={narrowing}
            stop={house === stopHouse ? stop : undefined}
          />
        ))}
      </div>
      <div className="footing">
        {preview ? (
          <p className="preview" aria-hidden="true">
            <b>{words.home.code(preview.code)}</b> {placeOf(preview, words)} · {preview.salutation} ·{' '}
            {verdictOf(preview, lookOf(preview), timeZone, words)}
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

/** So many curtains may glide at once; where more open in one moment, as on a first look, they are simply open. */
const MOST_GLIDING = 12;

/** The street, in which a house where nothing changed stays the same object. */
function useStreet(homes: readonly HomeView[]): { street: readonly House[]; isRush: boolean } {
  const last = useRef<{ homes: readonly HomeView[]; street: readonly House[] }>(undefined);
  return useMemo(() => {
    const old = last.current?.homes;
    const isRush = homes.filter((home, index) => home !== old?.[index]).length > MOST_GLIDING;
    const street = streetAfter(last.current, homes);
    last.current = { homes, street };
    return { street, isRush };
  }, [homes]);
}

const idsOf = (house: House | undefined): string[] =>
  house?.stairs.flatMap((stair) => stair.rows.flatMap((row) => row.homes.map((home) => home.householdId))) ??
  [];
