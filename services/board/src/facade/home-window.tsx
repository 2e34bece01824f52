import { memo } from 'react';
import type { HomeView } from '#contracts/http/today.ts';
import type { BoardText } from '#pact/text/board.ts';
import { spokenLabel, verdictOf } from './home-words.ts';
import type { Look } from './look.ts';
import { WindowPicture } from './pictures.tsx';

type Props = {
  home: HomeView;
  look: Look;
  timeZone: string;
  words: BoardText;
  dimmed: boolean;
  /** The one window of the façade that Tab stops at. */
  stop: boolean;
  column: number | undefined;
};

export const HomeWindow = memo(function HomeWindow(props: Props) {
  const { home, look, timeZone, words } = props;
  return (
    <button
      type="button"
      className="window"
      data-tone={look.tone}
      data-home={home.householdId}
      data-dimmed={props.dimmed || undefined}
      tabIndex={props.stop ? 0 : -1}
      aria-haspopup="dialog"
      aria-label={spokenLabel(home, look, timeZone, words)}
      style={props.column === undefined ? undefined : ({ '--column': props.column } as object)}
    >
      <WindowPicture picture={look.picture} tone={look.tone} />
      <span className="plate">
        <b>{home.room}</b> <span>{verdictOf(home, look, timeZone, words)}</span>
      </span>
      {home.openTickets > 0 ? <span className="ticket" aria-hidden="true" /> : null}
    </button>
  );
});
