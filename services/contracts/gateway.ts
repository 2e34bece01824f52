import type { Temporal } from 'temporal-polyfill';
import type { DeliveryState } from '#pact/delivery.ts';
import type { Channel } from '#pact/ladder.ts';
import type { MessageContent } from '#pact/text/content.ts';
import type { Language } from '#pact/text/language.ts';
import type { VoiceScript } from '#pact/text/voice.ts';

/** One outgoing message as a gateway needs it. `key` is ours: the same key is never two messages. */
export type Dispatch = {
  key: string;
  /** A phone in E.164; for the channel `robot` the robot's id. */
  to: string;
  /** What an SMS says. */
  text: string;
  /** What is to be said, for channels that say it in their own way: spoken, as a card, by template. */
  content: MessageContent;
  language: Language;
  /** When we first tried, so that a provider's list can be searched from there. */
  firstTriedAt: Temporal.Instant;
};

export type SendResult =
  /** `delivered`: the provider knows at once that it has reached the person. */
  | { ok: true; providerId: string; delivered?: true }
  /**
   * `permanent`: the same message will never go through; `temporary`: try again, ever later; `throttled`: nothing
   * is wrong with it, the provider takes no more at this moment.
   */
  | { ok: false; lasting: 'permanent' | 'temporary' | 'throttled'; code: string; reason: string };

/** What a provider tells of a message that it accepted; in any order, late, twice or never. */
export type Receipt = {
  /** Our key, where the provider hands it back; it matches even before we know the provider's id. */
  key?: string;
  provider: string;
  providerId: string;
  state: DeliveryState;
  /** Why it failed: one of the stable words of `docs/errors.md`, never the provider's own text. */
  reason?: string;
};

/**
 * A way to reach people. Real gateways, the outbox and the tests' fakes pass one contract suite.
 * `find` settles a crash between sending and recording (invariant 4): it tells what the provider
 * accepted for a dispatch, `undefined` when it accepted nothing. Messages may read alike, and calls tell
 * nothing of themselves: what `isAnothers` says yes to is known as another message and is not this one.
 */
export type Gateway = {
  readonly name: string;
  readonly channel: Channel;
  /** Wall milliseconds that asking and sending may take together; half a minute unless it is known better. */
  readonly leaseMs?: number;
  /** Messages a second that the provider takes; without it as many as there are. */
  readonly perSecond?: number;
  /** Whether it reaches this address; without it any. */
  serves?(to: string): boolean;
  send(dispatch: Dispatch): Promise<SendResult>;
  find(
    dispatch: Dispatch,
    isAnothers: (providerId: string) => Promise<boolean>,
  ): Promise<{ providerId: string } | undefined>;
  /** Asks what became of an accepted message, where no receipt came; `undefined` when there is nothing new. */
  poll?(sent: {
    key: string;
    providerId: string;
    to: string;
    acceptedAt: Temporal.Instant;
  }): Promise<Receipt | undefined>;
};

/** A message from a phone, as a provider's webhook or the outbox hands it on. */
export type IncomingMessage = {
  provider: string;
  /** The provider's own id: the same one twice is one message. */
  providerId: string;
  phone: string;
  text: string;
};

/** A key pressed in a call of ours. The same one of the same call twice is one. */
export type KeyPress = { key: string; provider: string; providerId: string; digit: string };

/** How a call that was put through ended. `seconds` is 0 where nobody picked up. */
export type TalkEnd = { key: string; provider: string; providerId: string; seconds: number };

/** What webhooks hand on. Each throws when it could not be kept, so that the provider calls again. */
export type Inbox = {
  receive(message: IncomingMessage): Promise<void>;
  settle(receipt: Receipt): Promise<void>;
  /** @returns what the call says next */
  press(press: KeyPress): Promise<VoiceScript>;
  /** @returns what the call says next */
  talked(talk: TalkEnd): Promise<VoiceScript>;
  /** What a call is to say; undefined where no such message is known. */
  scriptOf(key: string): Promise<VoiceScript | undefined>;
};
