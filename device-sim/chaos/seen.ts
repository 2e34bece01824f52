import type { Scene } from './scene.ts';
import type { Spell } from './witness.ts';

/** An acknowledgement that takes longer makes a sensor blink, as our reference sensor does. */
const BLINKS_AFTER_MS = 1_000;
/** What nobody would call late. */
const IN_TIME_MS = 2_000;

/** What people, and those who operate the service, saw from `fromMs` on, in sentences. */
export function tellSeen(scene: Scene, fromMs: number, lateness: readonly number[]): string[] {
  return [
    ...scene.notes,
    ...tellSpells(scene.witness.spells, fromMs),
    ...tellBlinks(scene, fromMs),
    ...tellPages(lateness),
  ];
}

/** Each thing that was wrong, once, with where it was seen and the longest time in which it was anywhere. */
function tellSpells(spells: readonly Spell[], fromMs: number): string[] {
  const lasted = new Map<string, Map<string, number>>();
  for (const { who, what, fromMs: from, toMs } of spells) {
    if (from < fromMs) continue;
    // A number in it is another at every look.
    const key = what.replace(/\d+ s ago/, '… s ago');
    const places = lasted.get(key) ?? new Map<string, number>();
    lasted.set(key, places.set(who, (places.get(who) ?? 0) + (toMs ?? performance.now()) - from));
  }
  return [...lasted].map(([what, places]) => {
    const where = what.startsWith('readyz') ? `${[...places.keys()].join(', ')}: ` : '';
    return `${where}${what} for ${seconds(Math.max(...places.values()))}`;
  });
}

function tellBlinks({ sensors }: Scene, fromMs: number): string[] {
  const waits = sensors.flatMap(({ sent }) => {
    const longest = Math.max(
      0,
      ...sent.filter(({ sentMs, ackMs = 0 }) => sentMs + ackMs >= fromMs).map(({ ackMs = 0 }) => ackMs),
    );
    return longest > BLINKS_AFTER_MS ? [longest] : [];
  });
  if (waits.length === 0) return [];
  return [
    `${waits.length} sensors blinked: a report was unacknowledged for up to ${seconds(Math.max(...waits))}`,
  ];
}

function tellPages(lateness: readonly number[]): string[] {
  const late = lateness.filter((ms) => ms > IN_TIME_MS);
  if (late.length > 0)
    return [
      `stewards of ${late.length} of ${lateness.length} homes were paged up to ${seconds(Math.max(...late))} after the deadline`,
    ];
  return [
    `all ${lateness.length} stewards were paged within ${seconds(Math.max(0, ...lateness))} of the deadline`,
  ];
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
