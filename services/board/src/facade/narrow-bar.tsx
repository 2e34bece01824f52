import type { HomeView } from '#contracts/http/today.ts';
import { useText } from '../app/language.ts';
import { choicesOf, EVERYTHING, isNarrow, type Narrowing } from './narrow.ts';

export type Layout = 'facade' | 'list';

/** How the homes are shown, and which: by grid, steward, and a word of theirs. */
export function NarrowBar(props: {
  homes: readonly HomeView[];
  shown: number;
  narrowing: Narrowing;
  onNarrow: (narrowing: Narrowing) => void;
  layout: Layout;
  onLayout: (layout: Layout) => void;
}) {
  const words = useText().narrow;
  const { homes, narrowing, onNarrow } = props;
  const select = (of: 'grid' | 'steward', label: string, all: string) => {
    const choices = choicesOf(homes, of);
    return choices.length < 2 && narrowing[of] === '' ? null : (
      <select
        aria-label={label}
        value={narrowing[of]}
        onChange={(event) => onNarrow({ ...narrowing, [of]: event.target.value })}
      >
        <option value="">{all}</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  };
  return (
    <div className="narrow-bar">
      {/* biome-ignore lint/a11y/useSemanticElements: a group of buttons is no form */}
      <div className="layouts" role="group" aria-label={words.layout}>
        {(['facade', 'list'] as const).map((layout) => (
          <button
            key={layout}
            type="button"
            className="button"
            aria-pressed={props.layout === layout}
            onClick={() => props.onLayout(layout)}
          >
            {words.layouts[layout]}
          </button>
        ))}
      </div>
      <input
        type="search"
        aria-label={words.text}
        placeholder={words.text}
        value={narrowing.text}
        onChange={(event) => onNarrow({ ...narrowing, text: event.target.value })}
      />
      {select('grid', words.grid, words.allGrids)}
      {select('steward', words.steward, words.allStewards)}
      {isNarrow(narrowing) ? (
        <p role="status">
          {words.shown(props.shown, homes.length)}{' '}
          <button type="button" className="link" onClick={() => onNarrow(EVERYTHING)}>
            {words.clear}
          </button>
        </p>
      ) : null}
    </div>
  );
}
