import { useMemo } from 'react';
import type { TodayView } from '#contracts/http/today.ts';
import { useText } from '../app/language.ts';
import { useServerTime } from '../today/clock.ts';
import { belongsTo, FILTERS, type Filter, lookOf } from './look.ts';

type Props = { today: TodayView; filter: Filter; onFilter: (filter: Filter) => void };

/** The ledger so far. Each card shows only its homes; pressing it again shows all. */
export function Counts({ today, filter, onFilter }: Props) {
  const words = useText();
  const nowMs = useServerTime(10_000);
  const looks = useMemo(() => today.homes.map((home) => lookOf(home, nowMs)), [today.homes, nowMs]);
  const seen = (name: Filter) => looks.filter((look) => belongsTo(name, look)).length;
  const { counts } = today;
  const numbers: Record<Filter, number> = {
    enrolled: counts.enrolled,
    kept: counts.kept,
    late: counts.keptLate,
    visited: counts.visited,
    awaiting: counts.awaiting,
    excused: counts.excused,
    // The ledger knows one column of unresolved days; who is on the way shows in the homes.
    going: seen('going'),
    missed: Math.max(0, counts.unresolved - seen('going')),
    unknown: seen('unknown'),
    unprotected: counts.unprotected,
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of buttons is no form
    <div className="counts" role="group" aria-label={words.counts.label} title={words.counts.hint}>
      {FILTERS.filter((name) => name !== 'unprotected' || numbers[name] > 0).map((name) => (
        <button
          key={name}
          type="button"
          className="count"
          data-name={name}
          data-some={numbers[name] > 0 || undefined}
          aria-pressed={name !== 'enrolled' && filter === name}
          onClick={() => onFilter(filter === name ? 'enrolled' : name)}
        >
          <b>{numbers[name]}</b>
          <span>{words.counts[name]}</span>
        </button>
      ))}
    </div>
  );
}
