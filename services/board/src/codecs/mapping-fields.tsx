import { useId } from 'react';
import { CODECS_TEXT } from '#pact/text/board-codecs.ts';
import { useTextOf } from '../app/language.ts';
import {
  type Leaf,
  MAPPED,
  type Mapped,
  type MappingDraft,
  type RuleDraft,
  ruleFor,
  told,
  UNITS,
} from './mapping-draft.ts';

/** Every field of a sample, each to be told what it is; what the sample lacks and a rule names stands below. */
export function MappingFields(props: {
  leaves: readonly Leaf[];
  draft: MappingDraft;
  onChange: (draft: MappingDraft) => void;
}) {
  const words = useTextOf(CODECS_TEXT);
  const { leaves, draft } = props;
  const paths = new Set(leaves.map(({ path }) => path));
  const absent = [...new Set(MAPPED.flatMap((mapped) => draft[mapped]?.path ?? []))]
    .filter((path) => !paths.has(path))
    .map((path) => ({ path, value: undefined }));
  const mappedAt = (path: string) => MAPPED.find((mapped) => draft[mapped]?.path === path);
  const without = (mapped: Mapped | undefined): MappingDraft =>
    Object.fromEntries(Object.entries(draft).filter(([name]) => name !== mapped));
  return (
    <ul className="lines leaves">
      {[...leaves, ...absent].map((leaf) => {
        const mapped = mappedAt(leaf.path);
        const rule = mapped && draft[mapped];
        const choose = (chosen: string) => {
          const next = MAPPED.find((one) => one === chosen);
          const rest = without(mapped);
          const known = { path: leaf.path, value: leaf.value ?? null };
          props.onChange(next ? { ...rest, [next]: ruleFor(next, known) } : rest);
        };
        return (
          <li key={leaf.path} data-mapped={mapped}>
            <div className="leaf">
              <code>{leaf.path}</code>
              {leaf.value === undefined ? (
                <small>{words.notInSample}</small>
              ) : (
                <samp>{JSON.stringify(leaf.value)}</samp>
              )}
              <select
                aria-label={words.is(leaf.path)}
                value={mapped ?? ''}
                onChange={(event) => choose(event.target.value)}
              >
                <option value="">{words.ignored}</option>
                {MAPPED.map((one) => (
                  <option key={one} value={one}>
                    {words.mapped[one]}
                  </option>
                ))}
              </select>
            </div>
            {mapped && rule ? (
              <Details
                mapped={mapped}
                rule={rule}
                value={leaf.value}
                onChange={(parts) => props.onChange({ ...draft, [mapped]: { ...rule, ...parts } })}
              />
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

type DetailProps = {
  mapped: Mapped;
  rule: RuleDraft;
  value: Leaf['value'] | undefined;
  onChange: (parts: Partial<RuleDraft>) => void;
};

/** What else must be known of a field: which values mean what, in which unit. */
function Details({ mapped, rule, value, onChange }: DetailProps) {
  const words = useTextOf(CODECS_TEXT);
  if (mapped === 'contact') {
    const wasOpen = value !== undefined && rule.open === String(value);
    const wasClosed = value !== undefined && rule.closed === String(value);
    const say = (was: 'open' | 'closed') => onChange(told(rule, value ?? null, was));
    return (
      <div className="details">
        {value === undefined || value === null ? null : (
          <p>
            {words.now}{' '}
            <button type="button" className="button" aria-pressed={wasOpen} onClick={() => say('open')}>
              {words.openNow}
            </button>{' '}
            <button type="button" className="button" aria-pressed={wasClosed} onClick={() => say('closed')}>
              {words.closedNow}
            </button>
          </p>
        )}
        <Values label={words.openIs} value={rule.open} onChange={(open) => onChange({ open })} />
        <Values label={words.closedIs} value={rule.closed} onChange={(closed) => onChange({ closed })} />
      </div>
    );
  }
  if (mapped === 'tamper') {
    return (
      <div className="details">
        <Values label={words.whenIs} value={rule.when} onChange={(when) => onChange({ when })} />
      </div>
    );
  }
  if (mapped === 'position') {
    return (
      <div className="details">
        <label className="check">
          <input
            type="checkbox"
            checked={rule.inverted ?? false}
            onChange={(event) => onChange({ inverted: event.target.checked })}
          />
          {words.inverted}
        </label>
      </div>
    );
  }
  return mapped === 'openings' ? null : (
    <Units mapped={mapped} unit={rule.unit} onChange={(unit) => onChange({ unit })} />
  );
}

function Values(props: { label: string; value: string | undefined; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        spellCheck={false}
        value={props.value ?? ''}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </div>
  );
}

function Units(props: {
  mapped: 'battery' | 'at';
  unit: RuleDraft['unit'];
  onChange: (unit: NonNullable<RuleDraft['unit']>) => void;
}) {
  const words = useTextOf(CODECS_TEXT);
  const id = useId();
  const units: readonly NonNullable<RuleDraft['unit']>[] = UNITS[props.mapped];
  return (
    <div className="details">
      <label htmlFor={id}>{words.unit}</label>
      <select
        id={id}
        value={props.unit}
        onChange={(event) => {
          const chosen = units.find((unit) => unit === event.target.value);
          if (chosen) props.onChange(chosen);
        }}
      >
        {units.map((unit) => (
          <option key={unit} value={unit}>
            {words.units[unit]}
          </option>
        ))}
      </select>
    </div>
  );
}
