import { setTimeout as wait } from 'node:timers/promises';
import type { Gateway } from '#contracts/gateway.ts';
import type { Channel } from '#pact/ladder.ts';

/** Wall seconds of messages that a paced channel takes at a time: the rest waits in the database, in order of urgency. */
const TAKEN_AHEAD_SECONDS = 2;

/** Wall time in which a provider that limits us takes at least one message, if it is well. */
const MOST_THROTTLED_MS = 15_000;

export type HealthChange = { name: string; channel: Channel; failure: string | undefined };

export type Gateways = {
  all: readonly Gateway[];
  /** The one to send through; undefined where nobody serves the channel or the address. */
  find(channel: Channel, to: string): Gateway | undefined;
  /** How many messages of a channel may be under way, and for how long one is ours. */
  capacityOf(
    channel: Channel,
    most: { atOnce: number; leaseMs: number },
  ): { atOnce: number; leaseMs: number };
  /** Waits until the provider takes another message. */
  turn(gateway: Gateway): Promise<void>;
  /** Notes how a provider fares; what is news is handed on. */
  well(gateway: Gateway): Promise<void>;
  failing(gateway: Gateway, failure: string): Promise<void>;
  /** It takes no more at this moment; only one that has taken nothing for a while is failing. */
  throttled(gateway: Gateway, failure: string): Promise<void>;
};

/** The ways to reach people, in order of preference within a channel, with each provider's pace and health. */
export function createGateways(
  all: readonly Gateway[],
  onHealth: (change: HealthChange) => Promise<void> = async () => {},
): Gateways {
  const failures = new Map<string, string | undefined>();
  const nextTurn = new Map<string, number>();
  const lastWell = new Map<string, number>();

  const note = async ({ name, channel }: Gateway, failure: string | undefined) => {
    if (failures.has(name) && (failures.get(name) === undefined) === (failure === undefined)) return;
    failures.set(name, failure);
    await onHealth({ name, channel, failure });
  };

  return {
    all,
    find: (channel, to) =>
      all.find((gateway) => gateway.channel === channel && (gateway.serves?.(to) ?? true)),
    capacityOf(channel, most) {
      const own = all.filter((gateway) => gateway.channel === channel);
      const paced = own.flatMap(({ perSecond }) =>
        perSecond === undefined ? [] : [Math.max(1, Math.floor(perSecond * TAKEN_AHEAD_SECONDS))],
      );
      return {
        atOnce: Math.min(most.atOnce, ...paced),
        leaseMs: Math.max(0, ...own.map(({ leaseMs }) => leaseMs ?? most.leaseMs)) || most.leaseMs,
      };
    },
    async turn({ name, perSecond }) {
      if (perSecond === undefined) return;
      const now = performance.now();
      const at = Math.max(now, nextTurn.get(name) ?? now);
      nextTurn.set(name, at + 1_000 / perSecond);
      if (at > now) await wait(at - now);
    },
    well(gateway) {
      lastWell.set(gateway.name, performance.now());
      return note(gateway, undefined);
    },
    failing: (gateway, failure) => note(gateway, failure),
    async throttled(gateway, failure) {
      const since = performance.now() - (lastWell.get(gateway.name) ?? Number.NEGATIVE_INFINITY);
      if (since > MOST_THROTTLED_MS) await note(gateway, failure);
    },
  };
}
