import type { Refusal } from '#contracts/bridge/formats.ts';
import { NOTHING_READ, type Reading, Refused, type Said, type Uplink } from '../model.ts';

/** A message that is none of our business, or that says nothing. */
export const NOTHING_SAID: Said = { uplinks: [], gateway: null, refusals: [] };

type About = { address: string } & Partial<
  Pick<Uplink, 'name' | 'model' | 'onceKey' | 'frameCounter' | 'networkAt' | 'rssi'>
>;

const NOT_TOLD = {
  name: null,
  model: null,
  onceKey: null,
  frameCounter: null,
  networkAt: null,
  rssi: null,
} as const;

/** What a source's own words say of a device; a reading of nothing still says that the device was heard. */
export const reading = (about: About, read: Partial<Reading>): Uplink => ({
  ...NOT_TOLD,
  ...about,
  says: 'reading',
  reading: { ...NOTHING_READ, ...read },
});

export const frame = (about: About, bytes: Uint8Array, fPort: number | null): Uplink => ({
  ...NOT_TOLD,
  ...about,
  says: 'frame',
  frame: { bytes, fPort },
});

export const presence = (about: About, online: boolean): Uplink => ({
  ...NOT_TOLD,
  ...about,
  says: 'presence',
  online,
});

export const saying = (...uplinks: Uplink[]): Said => ({ ...NOTHING_SAID, uplinks });

export const gatewayIs = (online: boolean): Said => ({
  ...NOTHING_SAID,
  gateway: online ? 'online' : 'offline',
});

/** `online` or `offline`, in capitals or not, as most gateways spell their last will. @throws Refused `bad_value` */
export function isOnline(word: unknown): boolean {
  const text = typeof word === 'string' ? word.trim().toLowerCase() : '';
  if (text !== 'online' && text !== 'offline') throw new Refused('bad_value');
  return text === 'online';
}

/**
 * Reads the parts of a message one by one: a bad one does not lose the good ones.
 *
 * @throws Refused where there are parts and every one was refused, for the reason of the first
 */
export function gather<Part>(parts: Iterable<Part>, read: (part: Part) => readonly Uplink[]): Said {
  const uplinks: Uplink[] = [];
  const refused: Refused[] = [];
  let taken = 0;
  for (const part of parts) {
    try {
      uplinks.push(...read(part));
      taken += 1;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.push(error);
    }
  }
  const first = refused[0];
  if (taken === 0 && first) throw first;
  const refusals: Refusal[] = refused.map(({ reason }) => reason);
  return { uplinks, gateway: null, refusals };
}
