import type { Story } from '../stories.ts';
import { MAKES, type Make } from './makes.ts';

/** Of the homes that could have one, every third keeps a sensor of ours. */
const EVERY = 3;

/**
 * Who has a maker's device in a mixed morning, by the home's code. Left out are homes whose story needs what such a
 * device cannot say: that the curtain has stood open since yesterday, a last word that is sure to arrive, or which of our
 * gateways lost its power.
 */
export function planMakers(stories: readonly Story[]): Map<string, Make> {
  const plan = new Map<string, Make>();
  const able = stories.filter(
    ({ device, gateway }) =>
      device && !device.dies && !gateway && device.evening.every((type) => type === 'closed'),
  );
  const makes = MAKES.values();
  for (const [index, { home, device }] of able.entries()) {
    const isHeld = device?.heldUntil !== undefined;
    if (isHeld) plan.set(home.code, MAKES.find(({ keeps }) => keeps)!);
    else if (index % EVERY !== 0) plan.set(home.code, makes.next().value ?? MAKES[index % MAKES.length]!);
  }
  return plan;
}
