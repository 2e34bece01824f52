import { memo } from 'react';
import type { HomeView } from '#contracts/http/today.ts';
import { useText } from '../app/language.ts';
import { useServerTime } from '../today/clock.ts';
import { placeOf, reasonOf, verdictOf } from './home-words.ts';
import { belongsTo, type Filter, lookOf } from './look.ts';
import { Shapes, WindowPicture } from './pictures.tsx';

/** Every home as a line, by number, for those who prefer it. Lines off the screen are not drawn. */
export const HomeRows = memo(function HomeRows(props: {
  homes: readonly HomeView[];
  timeZone: string;
  filter: Filter;
  onOpen: (householdId: string) => void;
}) {
  const words = useText();
  const nowMs = useServerTime(10_000);
  return (
    <section className="rows" aria-label={words.narrow.layouts.list}>
      <Shapes />
      <ul>
        {props.homes.map((home) => {
          const look = lookOf(home, nowMs);
          if (!belongsTo(props.filter, look)) return null;
          return (
            <li key={home.householdId} data-tone={look.tone}>
              <button type="button" aria-haspopup="dialog" onClick={() => props.onOpen(home.householdId)}>
                <span className="sample" data-tone={look.tone}>
                  <WindowPicture picture={look.picture} tone={look.tone} />
                </span>
                <b>{words.home.code(home.code)}</b>
                <span>{home.salutation}</span>
                <span>{placeOf(home, words)}</span>
                <span>{home.steward ?? words.home.noSteward}</span>
                <span className="verdict" data-tone={look.tone}>
                  {verdictOf(home, look, props.timeZone, words)}
                </span>
                <small>{home.reason ? reasonOf(home.reason, words) : ''}</small>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
});
