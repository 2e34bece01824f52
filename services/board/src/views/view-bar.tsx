import { useMemo } from 'react';
import type { HomeView } from '#contracts/http/today.ts';
import { VIEWS_TEXT, type ViewsText } from '#pact/text/board-views.ts';
import { useText, useTextOf } from '../app/language.ts';
import type { Look } from '../facade/look.ts';
import { countBy, EVERYTHING, isNarrowed, type Narrowing, NOBODY } from './narrowing.ts';
import { VIEWS, type View } from './use-view.ts';

type Props = {
  homes: readonly HomeView[];
  lookOf: (home: HomeView) => Look;
  view: View;
  onView: (view: View) => void;
  narrowing: Narrowing;
  onNarrow: (parts: Partial<Narrowing>) => void;
  /** How many homes are left. */
  left: number;
};

/** How the homes are shown and which of them; what is left out is said in words and taken back by one press. */
export function ViewBar(props: Props) {
  const words = useTextOf(VIEWS_TEXT);
  const { homes, lookOf, view, narrowing, onNarrow } = props;
  const grids = useMemo(() => countBy('grid', narrowing, homes, lookOf), [narrowing, homes, lookOf]);
  const stewards = useMemo(() => countBy('steward', narrowing, homes, lookOf), [narrowing, homes, lookOf]);
  return (
    <div className="view-bar">
      <fieldset className="views">
        <legend className="unseen">{words.label}</legend>
        {VIEWS.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="view"
              value={name}
              checked={name === view}
              onChange={() => props.onView(name)}
            />
            <span>{words.views[name]}</span>
          </label>
        ))}
      </fieldset>
      <search aria-label={words.narrow}>
        <input
          type="search"
          aria-label={words.find}
          placeholder={words.findHint}
          maxLength={40}
          value={narrowing.text}
          onChange={(event) => onNarrow({ text: event.target.value })}
        />
        <Choice
          label={words.grid}
          every={words.everyGrid}
          value={narrowing.grid}
          counts={grids}
          words={words}
          onChange={(grid) => onNarrow({ grid })}
        />
        <Choice
          label={words.steward}
          every={words.everySteward}
          value={narrowing.steward}
          counts={stewards}
          words={words}
          onChange={(steward) => onNarrow({ steward })}
        />
      </search>
      <p className="filtered" role="status">
        {isNarrowed(narrowing) ? (
          <>
            <b>{props.left === 0 ? words.none : <What narrowing={narrowing} left={props.left} />}</b>
            <button type="button" className="link" onClick={() => onNarrow(EVERYTHING)}>
              {words.clear}
            </button>
          </>
        ) : null}
      </p>
    </div>
  );
}

type ChoiceProps = {
  label: string;
  every: string;
  value: string;
  counts: ReadonlyMap<string, number>;
  words: ViewsText;
  onChange: (value: string) => void;
};

/** A choice of one among many, without those that would leave nothing; there is none where all homes have the same. */
function Choice({ label, every, value, counts, words, onChange }: ChoiceProps) {
  const names = useMemo(
    () => [...counts.keys()].filter((name) => name === value || counts.get(name)).sort(byName),
    [counts, value],
  );
  if (counts.size < 2 && value === '') return null;
  return (
    <select
      aria-label={label}
      value={value}
      data-chosen={value !== '' || undefined}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{every}</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {words.option(name === NOBODY ? words.nobody : name, counts.get(name) ?? 0)}
        </option>
      ))}
    </select>
  );
}

const collator = new Intl.Collator('zh-CN', { numeric: true });
const byName = (a: string, b: string) =>
  Number(b === NOBODY) - Number(a === NOBODY) || collator.compare(a, b);

function What({ narrowing, left }: { narrowing: Narrowing; left: number }) {
  const words = useTextOf(VIEWS_TEXT);
  const { counts, listJoin } = useText();
  const { state, grid, steward, text } = narrowing;
  const parts = [
    state === 'enrolled' ? '' : counts[state],
    grid,
    steward === NOBODY ? words.nobody : steward,
    text.trim() ? words.quoted(text.trim()) : '',
  ].filter(Boolean);
  return words.only(parts.join(listJoin), left);
}
