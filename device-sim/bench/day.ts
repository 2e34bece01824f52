import { Temporal } from 'temporal-polyfill';
import { openDays } from '#store/pact-day/open-days.ts';
import type { Bench } from './bench.ts';
import { startDatabase } from './database.ts';
import { openWithoutHaste, settleProvince } from './province.ts';
import { undoing } from './undo.ts';

/** An hour into the date, in every home's place. */
const NIGHT = Temporal.Instant.from('2026-11-24T01:00:00+08:00');
const SIZES = [10_000, 100_000, 1_000_000];
const TARGET = { homes: 1_000_000, seconds: 60 };

type Round = { homes: number; seconds: number; again: number };
type Result = { rounds: Round[] };

async function measure(homes: number): Promise<Round> {
  return undoing(async (undo) => {
    const { connectionString, db } = await startDatabase(undo);
    const settling = openWithoutHaste(connectionString);
    undo.push(() => settling.destroy());
    await settleProvince(settling, homes, NIGHT);
    const open = async () => {
      const from = performance.now();
      const opened = await openDays(db, NIGHT);
      return { opened, seconds: (performance.now() - from) / 1_000 };
    };
    const first = await open();
    if (first.opened !== homes) throw new Error(`${first.opened} of ${homes} days were opened`);
    return { homes, seconds: first.seconds, again: (await open()).seconds };
  });
}

/** Opening the day of communities of a thousand homes each, one after the other, by one process. */
export const bench: Bench<Result> = {
  title: 'Opening the day',
  seconds: 100,
  async run({ quick, say }) {
    const rounds: Round[] = [];
    for (const homes of quick ? [1_000, 10_000] : SIZES) {
      rounds.push(await measure(homes));
      say(`${homes.toLocaleString('en')} homes: ${rounds.at(-1)?.seconds.toFixed(1)} s`);
    }
    return { rounds };
  },
  toMarkdown: ({ rounds }) =>
    [
      '| homes | opened in s | µs a home | again, with nothing to do, s |',
      '|--:|--:|--:|--:|',
      ...rounds.map(
        ({ homes, seconds, again }) =>
          `| ${homes.toLocaleString('en')} | ${seconds.toFixed(1)} | ${Math.round((seconds * 1e6) / homes)} | ${again.toFixed(2)} |`,
      ),
    ].join('\n'),
  toCurves: ({ rounds }) => ({
    title: 'Opening the day: time by homes',
    x: { label: 'homes with a pact', scale: 'log' },
    y: { label: 'seconds', scale: 'log' },
    series: [
      { name: 'opened', points: rounds.map(({ homes, seconds }) => [homes, seconds]) },
      { name: 'opened already', points: rounds.map(({ homes, again }) => [homes, again]) },
      {
        name: 'target at a million',
        isTarget: true,
        points: rounds.map(({ homes }) => [homes, TARGET.seconds]),
      },
    ],
  }),
  targets: ({ rounds }) =>
    rounds
      .filter(({ homes }) => homes === TARGET.homes)
      .map(({ seconds }) => ({
        what: 'a day of 1,000,000 pacts opened',
        target: `≤ ${TARGET.seconds} s`,
        measured: `${seconds.toFixed(1)} s`,
        met: seconds <= TARGET.seconds,
      })),
};
