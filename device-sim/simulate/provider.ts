import type { Dispatch, Gateway, Receipt, SendResult } from '#contracts/gateway.ts';
import type { DeliveryState } from '#pact/delivery.ts';
import type { Channel } from '#pact/ladder.ts';
import type { Faults } from './faults.ts';

/** A message as the provider has it. */
type Accepted = {
  id: string;
  key: string;
  to: string;
  text: string;
  kind: Dispatch['content']['kind'];
  channel: Channel;
  at: number;
  /** What has become of it so far. */
  state: DeliveryState;
};

/** What of the provider's life the run decides and hears of. */
export type ProviderPorts = {
  faults: Faults;
  now(): number;
  /** It says of each message at once that it has arrived. */
  knowsAtOnce: boolean;
  isDead(phone: string): boolean;
  /** It has accepted a message: the phone will ring. */
  onAccepted(message: Accepted): void;
};

/**
 * A provider at the gateway's contract, with a memory of its own that no crash of ours touches. It finds messages by
 * number and text, as those do that never hand a key back; the keys it keeps are for the run's checks alone.
 */
export type Provider = {
  gateways: readonly Gateway[];
  /** Our keys that were accepted, each with how often: more than once is a page twice (invariant 4). */
  accepted: ReadonlyMap<string, number>;
  receiptOf(id: string, state: DeliveryState): Receipt;
  /** What became of it, of which no receipt tells: it can be asked for. */
  settle(id: string, state: DeliveryState): void;
  addAbsence(from: number, until: number): void;
};

export function createProvider(channels: readonly Channel[], ports: ProviderPorts): Provider {
  const { faults, now } = ports;
  const messages: Accepted[] = [];
  const accepted = new Map<string, number>();
  const asked = new Map<string, number>();
  const absences: { from: number; until: number }[] = [];
  const isAway = () => absences.some(({ from, until }) => now() >= from && now() < until);

  const accept = (channel: Channel, { key, to, text, content }: Dispatch): Accepted => {
    const message: Accepted = {
      ...{
        id: `P${messages.length}`,
        key,
        to,
        text,
        kind: content.kind,
        channel,
        at: now(),
        state: 'accepted',
      },
    };
    messages.push(message);
    accepted.set(key, (accepted.get(key) ?? 0) + 1);
    ports.onAccepted(message);
    return message;
  };

  const send = async (channel: Channel, dispatch: Dispatch): Promise<SendResult> => {
    const { to } = dispatch;
    const nth = (asked.get(`${channel}${to}`) ?? 0) + 1;
    asked.set(`${channel}${to}`, nth);
    const label = `${channel} ${to} ${nth}`;
    const strikes = (kind: Parameters<Faults['strikes']>[0], probability: number) =>
      faults.strikes(kind, label, probability, now(), `${channel} no. ${nth} to ${to}`);
    if (isAway()) throw new Error('connect ECONNREFUSED');
    if (strikes('request_lost', 0.03)) throw new Error('socket hang up');
    if (strikes('throttled', 0.02)) return refusal('throttled');
    if (ports.isDead(to) || strikes('refused', 0.02)) return refusal('permanent');
    const { id } = accept(channel, dispatch);
    if (strikes('answer_lost', 0.06)) throw new Error('read ETIMEDOUT');
    return { ok: true, providerId: id, ...(ports.knowsAtOnce ? { delivered: true as const } : {}) };
  };

  const gatewayOf = (channel: Channel): Gateway => ({
    name: `simulated-${channel}`,
    channel,
    send: (dispatch) => send(channel, dispatch),
    async find({ to, text, firstTriedAt }, isAnothers) {
      if (isAway()) throw new Error('connect ECONNREFUSED');
      // A clock that was set back since makes the first try seem later than it was.
      const since = firstTriedAt.epochMilliseconds - 3 * 3_600_000;
      for (const message of messages) {
        const fits = message.channel === channel && message.to === to && message.text === text;
        if (fits && message.at >= since && !(await isAnothers(message.id))) return { providerId: message.id };
      }
      return undefined;
    },
    async poll({ providerId }) {
      if (isAway()) throw new Error('connect ECONNREFUSED');
      const message = messages.find(({ id }) => id === providerId);
      return message && message.state !== 'accepted' ? receiptOf(providerId, message.state) : undefined;
    },
  });

  const receiptOf = (id: string, state: DeliveryState): Receipt => {
    const message = messages.find((candidate) => candidate.id === id);
    if (!message) throw new RangeError(`no message ${id}`);
    message.state = state;
    return { provider: `simulated-${message.channel}`, providerId: id, state, key: message.key };
  };

  return {
    gateways: channels.map(gatewayOf),
    accepted,
    receiptOf,
    settle(id, state) {
      messages.find((message) => message.id === id)!.state = state;
    },
    addAbsence(from, until) {
      absences.push({ from, until });
    },
  };
}

const refusal = (lasting: 'permanent' | 'throttled'): SendResult => ({
  ...{ ok: false, lasting, code: 'SIM', reason: lasting === 'permanent' ? 'unreachable' : 'throttled' },
});
