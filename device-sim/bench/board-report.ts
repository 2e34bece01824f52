export type Spread = { p50: number; p99: number; most: number };
export type Frames = Spread & { over50Pct: number };
/** From the publish to the change in the page, and to the end of the frame that shows it. */
export type Latency = {
  perSecond: number;
  events: number;
  /** Events whose change never came to the screen. */
  missing: number;
  toDom: Spread;
  toScreen: Spread;
};
export type Heap = { events: number; usedMb: number; nodes: number; listeners: number };

/** Milliseconds throughout. */
export type BoardBenchResult = {
  chromium: string;
  homes: number;
  /** Of everything but the latencies, which have rates of their own. */
  perSecond: number;
  /** How far apart the clocks of the sender and of the page may lie. */
  clockErrorMs: number;
  firstPaintMs: number;
  /** From the publish to the live stream while no page is open: the baseline. */
  toStream: Spread;
  latencies: Latency[];
  /** By view, first without events and then with them. */
  frames: Record<string, Record<FrameCase, Frames>>;
  soakSeconds: number;
  /** By page, what it holds after so many events and a collection. */
  heaps: Record<string, Heap[]>;
};

export const FRAME_CASES = ['idle', 'idle, events', 'scrolling', 'scrolling, events'] as const;
export type FrameCase = (typeof FRAME_CASES)[number];

const whole = (value: number) => Math.round(value).toLocaleString('en');
const spread = ({ p50, p99, most }: Spread) => `${whole(p50)} | ${whole(p99)} | ${whole(most)}`;

/** The result as Markdown tables. */
export function toMarkdown(result: BoardBenchResult): string {
  const { chromium, homes, perSecond, latencies, toStream } = result;
  const rates = latencies.map(
    ({ perSecond: rate, events, missing, toDom, toScreen }) =>
      `| ${whole(rate)} | ${whole(events)} | ${whole(missing)} | ${spread(toDom)} | ${spread(toScreen)} |`,
  );
  return [
    `Chromium ${chromium}; ${whole(homes)} homes, clocks compared to within ${result.clockErrorMs.toFixed(1)} ms. All homes drawn ${whole(result.firstPaintMs)} ms after the page was asked for. To a bare stream while no page is open, ${whole(perSecond)} events/s: p50 ${whole(toStream.p50)} ms, p99 ${whole(toStream.p99)} ms.`,
    '',
    '| events/s | events | never seen | in the page: p50 ms | p99 ms | last ms | on the screen: p50 ms | p99 ms | last ms |',
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rates,
    '',
    '| frames | p50 ms | p99 ms | longest ms | over 50 ms |',
    '|---|--:|--:|--:|--:|',
    ...Object.entries(result.frames).flatMap(([view, cases]) =>
      FRAME_CASES.map((name) => {
        const one = cases[name];
        return `| ${view}, ${name} | ${spread(one)} | ${one.over50Pct.toFixed(1)} % |`;
      }),
    ),
    '',
    `Memory after collection, over ${result.soakSeconds} s of ${whole(perSecond)} events/s.`,
    '',
    '| page | events | heap MB | DOM nodes | listeners |',
    '|---|--:|--:|--:|--:|',
    ...Object.entries(result.heaps).flatMap(([page, heaps]) =>
      heaps.map(
        (heap) =>
          `| ${page} | ${whole(heap.events)} | ${heap.usedMb.toFixed(1)} | ${whole(heap.nodes)} | ${whole(heap.listeners)} |`,
      ),
    ),
  ].join('\n');
}
