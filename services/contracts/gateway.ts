import type { Temporal } from 'temporal-polyfill';

/** One outgoing message as a gateway needs it. `key` is the message's id: the same key is never two messages. */
export type Dispatch = {
  key: string;
  phone: string;
  text: string;
  /** When we first tried, so that a provider's list can be searched from there. */
  firstTriedAt: Temporal.Instant;
};

export type SendResult =
  | { ok: true; providerId: string }
  /** `permanent`: the same message will never go through; `temporary`: try again later. */
  | { ok: false; lasting: 'permanent' | 'temporary'; code: string; reason: string };

/**
 * A way to reach people. Real gateways, the outbox and the tests' fakes pass one contract suite.
 * `find` settles a crash between sending and recording (invariant 4): it tells what the provider
 * accepted for a dispatch, `undefined` when it accepted nothing.
 */
export type Gateway = {
  readonly name: string;
  readonly channel: 'sms';
  /** Wall milliseconds that asking and sending may take together; half a minute unless it is known better. */
  readonly leaseMs?: number;
  send(dispatch: Dispatch): Promise<SendResult>;
  find(dispatch: Dispatch): Promise<{ providerId: string } | undefined>;
};

/** A message from a phone, as a provider's webhook or the outbox hands it on. */
export type IncomingMessage = {
  provider: string;
  /** The provider's own id: the same one twice is one message. */
  providerId: string;
  phone: string;
  text: string;
};
