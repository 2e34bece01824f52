export type Spread = { p50: number; p99: number; most: number };
export type Frames = Spread & { over50Pct: number };
export type Heap = { events: number; usedMb: number; nodes: number; listeners: number };

/** Milliseconds throughout. */
export type BoardBenchResult = {
  machine: string;
  versions: Record<string, string>;
  homes: number;
  perSecond: number;
  events: number;
  /** Events whose change never came to the screen. */
  missing: number;
  /** How far apart the clocks of the sender and of the page may lie. */
  clockErrorMs: number;
  firstPaintMs: number;
  /** From the publish to the live stream while no page is open: the baseline. */
  toStream: Spread;
  toDom: Spread;
  toScreen: Spread;
  /** By view, first without events and then with them. */
  frames: Record<string, Record<FrameCase, Frames>>;
  soakMinutes: number;
  /** By page, what it holds after so many events and a collection. */
  heaps: Record<string, Heap[]>;
};

export const FRAME_CASES = ['idle', 'idle, events', 'scrolling', 'scrolling, events'] as const;
export type FrameCase = (typeof FRAME_CASES)[number];

const whole = (value: number) => Math.round(value).toLocaleString('en');
const spread = ({ p50, p99, most }: Spread) => `${whole(p50)} | ${whole(p99)} | ${whole(most)}`;

/** The result as Markdown tables. */
export function toMarkdown(result: BoardBenchResult): string {
  const { machine, versions, homes, perSecond, events, missing, toStream, toScreen } = result;
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine}; ${names.join(', ')}.`,
    `${whole(homes)} homes, ${whole(perSecond)} events/s, ${whole(events)} events, ${whole(missing)} of them never seen; clocks compared to within ${result.clockErrorMs.toFixed(1)} ms. All homes drawn ${whole(result.firstPaintMs)} ms after the page was asked for.`,
    '',
    '| from publish | p50 ms | p99 ms | last ms |',
    '|---|--:|--:|--:|',
    `| to the stream, no page open | ${spread(toStream)} |`,
    `| to the change in the page | ${spread(result.toDom)} |`,
    `| to the end of the frame that shows it | ${spread(toScreen)} |`,
    '',
    `Screen against bare stream: p50 ${(toScreen.p50 / toStream.p50).toFixed(1)} times, p99 ${(toScreen.p99 / toStream.p99).toFixed(1)} times.`,
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
    `Memory after collection, over ${result.soakMinutes} min of ${whole(perSecond)} events/s.`,
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
