import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A label with every value that it may have; where code bounds them in another way, with words that say how. */
export type Labels = Readonly<Record<string, readonly string[] | string>>;

type MetricType = 'counter' | 'gauge' | 'histogram';

/** What a metric is, as data: services make their meters of it, and docs/metrics.md its table. */
export type Definition<T extends MetricType = MetricType, L extends Labels = Labels> = {
  readonly type: T;
  readonly name: string;
  readonly help: string;
  readonly labels: L;
  readonly buckets?: readonly number[];
};

export const counter = <const L extends Labels = Record<never, never>>(
  name: string,
  help: string,
  labels = {} as L,
): Definition<'counter', L> => ({ type: 'counter', name, help, labels });

export const gauge = <const L extends Labels = Record<never, never>>(
  name: string,
  help: string,
  labels = {} as L,
): Definition<'gauge', L> => ({ type: 'gauge', name, help, labels });

export const histogram = <const L extends Labels = Record<never, never>>(
  name: string,
  help: string,
  buckets: readonly number[],
  labels = {} as L,
): Definition<'histogram', L> => ({ type: 'histogram', name, help, labels, buckets });

type ValueOf<V> = V extends readonly (infer Each)[] ? Each : string;
type Values<L extends Labels> = { readonly [Name in keyof L]: ValueOf<L[Name]> };
/** A metric without labels asks for none. */
type LabelsOf<L extends Labels> = keyof L extends never ? [] : [values: Values<L>];

export type CounterMeter<L extends Labels> = { add(count: number, ...labels: LabelsOf<L>): void };
export type HistogramMeter<L extends Labels> = { observe(value: number, ...labels: LabelsOf<L>): void };
export type GaugeMeter<L extends Labels> = {
  set(value: number, ...labels: LabelsOf<L>): void;
  /** Says nothing any more, rather than what was so a while ago. */
  forget(): void;
  /** Called at every scrape, to set what is so now. It must neither fail nor take long. */
  readBy(read: () => void | Promise<void>): void;
};

type Meter<D> =
  D extends Definition<'counter', infer L>
    ? CounterMeter<L>
    : D extends Definition<'gauge', infer L>
      ? GaugeMeter<L>
      : D extends Definition<'histogram', infer L>
        ? HistogramMeter<L>
        : never;

export type Meters<Defined extends Readonly<Record<string, Definition>>> = {
  readonly [Name in keyof Defined]: Meter<Defined[Name]>;
};

/** What stands for a value that a label does not have: a series too many is worse than a vague one. */
export const OTHER = 'other';
/** Counters of at most so many series are there from the start, so that their first increase is seen as one. */
const MOST_AT_START = 150;

/** The meters of one service over the registry of its process. */
export function createMeters<const Defined extends Readonly<Record<string, Definition>>>(
  registry: Registry,
  defined: Defined,
): Meters<Defined> {
  return Object.fromEntries(
    Object.entries(defined).map(([key, definition]) => [key, meterOf(registry, definition)]),
  ) as Meters<Defined>;
}

function meterOf(registry: Registry, definition: Definition): object {
  const { name, help, labels, type, buckets } = definition;
  const base = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  const bounded = boundedBy(labels);
  if (type === 'counter') {
    const made = new Counter(base);
    for (const values of atStart(labels)) made.inc(values, 0);
    return { add: (count: number, values = {}) => made.inc(bounded(values), count) };
  }
  if (type === 'histogram') {
    const made = new Histogram({ ...base, buckets: [...(buckets ?? [])] });
    return { observe: (value: number, values = {}) => made.observe(bounded(values), value) };
  }
  let read: (() => void | Promise<void>) | undefined;
  const made = new Gauge({ ...base, collect: () => read?.() });
  return {
    set: (value: number, values = {}) => made.set(bounded(values), value),
    // `reset` would leave a 0 behind where there are no labels.
    forget: () => (base.labelNames.length > 0 ? made.reset() : made.remove()),
    readBy: (reader: () => void | Promise<void>) => {
      read = reader;
    },
  };
}

const boundedBy = (labels: Labels) => (values: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(values).map(([label, value]) => {
      const known = labels[label];
      return [label, Array.isArray(known) && !known.includes(value) ? OTHER : value];
    }),
  );

/** Every combination of the labels' values, where they are few. */
function atStart(labels: Labels): Record<string, string>[] {
  let series: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    if (typeof values === 'string' || series.length * values.length > MOST_AT_START) return [];
    series = series.flatMap((one) => values.map((value) => ({ ...one, [label]: value })));
  }
  return series;
}
