import type { Temporal } from 'temporal-polyfill';
import type { Clock } from '#platform/clock.ts';
import type { Agenda } from './agenda.ts';
import { createPhoneCall, type PhoneCall, type PhoneLine } from './phone-call.ts';

/** What becomes of an SMS at a phone; each provider has codes of its own for it. */
export type SmsFate = 'delivered' | 'off' | 'unknown' | 'landline' | 'filtered' | 'stopped';

/** How a phone takes a call. `by_hand`: it rings until somebody on the page answers. */
export type CallManner =
  | { kind: 'busy' | 'not_answered' | 'unreachable' | 'by_hand' }
  | { kind: 'voicemail'; afterSeconds: number }
  | { kind: 'answers'; afterSeconds: number; pressing: string[]; pressAfterSeconds: number };

/** Everything that a provider accepted for a phone. */
export type Incoming = {
  provider: string;
  channel: 'sms' | 'voice';
  to: string;
  /** Of a call: what was heard so far. */
  text: string;
  at: Temporal.Instant;
  fate: SmsFate | 'on_its_way' | 'ringing' | 'answered' | 'ended';
  call?: PhoneCall;
};

/** A person's phone, in the words of a scenario. */
export type Phone = {
  readonly number: string;
  isOn(): Phone;
  isOff(): Phone;
  /** The number is nobody's. */
  isUnknown(): Phone;
  isLandline(): Phone;
  /** Its network takes our messages for advertising. */
  filtersOurs(): Phone;
  saidStop(): Phone;
  receivesAfter(seconds: number): Phone;
  /** To the next SMS that arrives; said twice, also to the one after it. */
  replies(text: string, options?: { afterSeconds?: number }): Phone;
  isBusy(): Phone;
  doesNotAnswer(): Phone;
  hasVoicemail(options?: { afterSeconds?: number }): Phone;
  /** Each call is answered so; `pressing` digits one after the other, as they are asked for. */
  answersCall(options?: { pressing?: string; afterSeconds?: number; pressAfterSeconds?: number }): Phone;
  isAnsweredByHand(): Phone;
  /** How long this person speaks when put through to somebody. */
  speaksFor(seconds: number): Phone;
};

/** How a provider hears of what people do. */
export type PhoneListener = { replied(reply: { from: string; text: string }): void };

export type Phones = {
  of(number: string): Phone;
  numbers(): readonly string[];
  /** All that came, for every phone, in order. */
  readonly incoming: readonly Incoming[];
  listen(provider: string, listener: PhoneListener): void;
  /** What would become of an SMS now. */
  smsFateOf(number: string): SmsFate;
  talkSecondsOf(number: string): number;
  /** The provider has accepted an SMS; `settled` hears what became of it. */
  bringSms(sms: { provider: string; to: string; text: string }, settled: (fate: SmsFate) => void): void;
  /** The provider lets a phone ring. */
  ring(call: { provider: string; to: string; ringSeconds: number }, line: PhoneLine): PhoneCall;
  /** A person writes by themselves. */
  write(from: string, text: string, provider?: string): void;
  /** Takes the oldest SMS for this phone that nobody has expected yet and whose words match. Throws where there is none. */
  expectSms(number: string, words: RegExp | string): Incoming;
  /** One that the provider accepted and that did not arrive. */
  expectLostSms(number: string, words?: RegExp | string): Incoming;
  expectCall(number: string, words?: RegExp | string): Incoming;
  /** Throws when a phone got anything that was not expected. */
  expectNothingElse(): void;
};

type Owner = {
  sms: SmsFate;
  receivesAfter: number;
  replies: { text: string; afterSeconds: number }[];
  call: CallManner;
  talkSeconds: number;
};

const LOST: readonly string[] = ['off', 'unknown', 'landline', 'filtered', 'stopped'];

export function createPhones(
  agenda: Agenda,
  clock: Clock,
  usually: CallManner = { kind: 'not_answered' },
): Phones {
  const owners = new Map<string, Owner>();
  const incoming: Incoming[] = [];
  const expected = new Set<Incoming>();
  const listeners = new Map<string, PhoneListener>();

  const ownerOf = (number: string): Owner => {
    const known = owners.get(number);
    if (known) return known;
    const owner: Owner = { sms: 'delivered', receivesAfter: 2, replies: [], call: usually, talkSeconds: 30 };
    owners.set(number, owner);
    return owner;
  };

  const take = (
    what: string,
    number: string,
    words: RegExp | string | undefined,
    fits: (one: Incoming) => boolean,
  ) => {
    const own = incoming.filter((one) => one.to === number && !expected.has(one));
    const match = own.find((one) => fits(one) && matches(one.text, words));
    if (!match) throw new Error(`${what} ${words ?? ''} did not come to ${number}. What came: ${list(own)}`);
    expected.add(match);
    return match;
  };

  return {
    of: (number) => phoneOf(number, ownerOf(number)),
    numbers: () => [...owners.keys()],
    incoming,
    listen: (provider, listener) => void listeners.set(provider, listener),
    smsFateOf: (number) => ownerOf(number).sms,
    talkSecondsOf: (number) => ownerOf(number).talkSeconds,
    bringSms({ provider, to, text }, settled) {
      const owner = ownerOf(to);
      const sms: Incoming = { provider, channel: 'sms', to, text, at: clock.now(), fate: 'on_its_way' };
      incoming.push(sms);
      agenda.after(owner.receivesAfter, () => {
        sms.fate = owner.sms;
        settled(owner.sms);
        const reply = owner.sms === 'delivered' ? owner.replies.shift() : undefined;
        if (reply) {
          agenda.after(reply.afterSeconds, () =>
            listeners.get(provider)?.replied({ from: to, text: reply.text }),
          );
        }
      });
    },
    ring({ provider, to, ringSeconds }, line) {
      const owner = ownerOf(to);
      const entry: Incoming = { provider, channel: 'voice', to, text: '', at: clock.now(), fate: 'ringing' };
      entry.call = createPhoneCall({ agenda, manner: owner.call, ringSeconds, line, entry });
      incoming.push(entry);
      return entry.call;
    },
    write(from, text, provider = [...listeners.keys()][0] ?? '') {
      ownerOf(from);
      listeners.get(provider)?.replied({ from, text });
    },
    expectSms: (number, words) =>
      take('An SMS', number, words, (one) => one.channel === 'sms' && one.fate === 'delivered'),
    expectLostSms: (number, words) =>
      take('A lost SMS', number, words, (one) => one.channel === 'sms' && LOST.includes(one.fate)),
    expectCall: (number, words) => take('A call', number, words, (one) => one.channel === 'voice'),
    expectNothingElse() {
      const rest = incoming.filter((one) => !expected.has(one));
      if (rest.length > 0) throw new Error(`Nobody expected: ${list(rest)}`);
    },
  };
}

function phoneOf(number: string, owner: Owner): Phone {
  const sms = (fate: SmsFate) => () => {
    owner.sms = fate;
    return phone;
  };
  const call = (manner: CallManner) => {
    owner.call = manner;
    return phone;
  };
  /** A phone that is off, or nobody's, does not ring either. */
  const dead = (fate: SmsFate) => () => {
    owner.sms = fate;
    return call({ kind: 'unreachable' });
  };
  const phone: Phone = {
    number,
    isOn: sms('delivered'),
    isOff: dead('off'),
    isUnknown: dead('unknown'),
    isLandline: sms('landline'),
    filtersOurs: sms('filtered'),
    saidStop: sms('stopped'),
    receivesAfter(seconds) {
      owner.receivesAfter = seconds;
      return phone;
    },
    replies(text, { afterSeconds = 20 } = {}) {
      owner.replies.push({ text, afterSeconds });
      return phone;
    },
    isBusy: () => call({ kind: 'busy' }),
    doesNotAnswer: () => call({ kind: 'not_answered' }),
    hasVoicemail: ({ afterSeconds = 12 } = {}) => call({ kind: 'voicemail', afterSeconds }),
    answersCall: ({ pressing = '', afterSeconds = 6, pressAfterSeconds = 2 } = {}) =>
      call({ kind: 'answers', afterSeconds, pressing: [...pressing], pressAfterSeconds }),
    isAnsweredByHand: () => call({ kind: 'by_hand' }),
    speaksFor(seconds) {
      owner.talkSeconds = seconds;
      return phone;
    },
  };
  return phone;
}

const matches = (text: string, words: RegExp | string | undefined): boolean =>
  words === undefined || (typeof words === 'string' ? text.includes(words) : words.test(text));

const list = (entries: readonly Incoming[]): string =>
  entries.map(({ channel, to, fate, text }) => `\n  ${channel} to ${to} (${fate}): ${text}`).join('') ||
  'nothing';
