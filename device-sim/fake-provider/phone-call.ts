import type { Agenda } from './agenda.ts';
import type { CallManner, Incoming } from './phones.ts';

/** How a provider hears what happens at the phone that it rings. */
export type PhoneLine = {
  answered(by: 'person' | 'machine'): Promise<void> | void;
  pressed(digit: string): Promise<void> | void;
  hungUp(): Promise<void> | void;
  notAnswered(why: 'busy' | 'not_answered' | 'unreachable'): Promise<void> | void;
};

/** One call at one phone: the provider tells it what is heard, the person or the page what is done. */
export type PhoneCall = {
  readonly state: () => 'ringing' | 'answered' | 'ended';
  readonly pressed: readonly string[];
  /** For the provider. */
  hears(text: string): void;
  /** A key is asked for, within so many seconds. */
  isAsked(withinSeconds: number): void;
  ends(): void;
  /** For the person. */
  answer(by?: 'person' | 'machine'): Promise<void>;
  press(digit: string): Promise<void>;
  hangUp(): Promise<void>;
};

type CallOptions = {
  agenda: Agenda;
  manner: CallManner;
  ringSeconds: number;
  line: PhoneLine;
  /** Where it is shown what became of the call. */
  entry: Incoming;
};

/** How long a phone that is engaged or dead takes to say so. */
const SIGNAL_SECONDS = 2;

export function createPhoneCall({ agenda, manner, ringSeconds, line, entry }: CallOptions): PhoneCall {
  const pressed: string[] = [];
  const keys = manner.kind === 'answers' ? [...manner.pressing] : [];
  const isRinging = () => entry.fate === 'ringing';
  const isAnswered = () => entry.fate === 'answered';

  const fails = (why: 'busy' | 'not_answered' | 'unreachable') => async () => {
    if (!isRinging()) return;
    entry.fate = 'ended';
    await line.notAnswered(why);
  };

  const call: PhoneCall = {
    state: () => (isRinging() ? 'ringing' : isAnswered() ? 'answered' : 'ended'),
    pressed,
    hears(text) {
      entry.text += `${entry.text ? ' ' : ''}${text}`;
    },
    isAsked(withinSeconds) {
      if (manner.kind !== 'answers' || manner.pressAfterSeconds >= withinSeconds) return;
      const key = keys.shift();
      if (key !== undefined) agenda.after(manner.pressAfterSeconds, () => call.press(key));
    },
    ends() {
      entry.fate = 'ended';
    },
    async answer(by = 'person') {
      if (!isRinging()) return;
      entry.fate = 'answered';
      await line.answered(by);
    },
    async press(digit) {
      if (!isAnswered()) return;
      pressed.push(digit);
      await line.pressed(digit);
    },
    async hangUp() {
      if (!isAnswered()) return;
      entry.fate = 'ended';
      await line.hungUp();
    },
  };

  switch (manner.kind) {
    case 'busy':
    case 'unreachable':
      agenda.after(SIGNAL_SECONDS, fails(manner.kind));
      break;
    case 'answers':
      if (manner.afterSeconds < ringSeconds) agenda.after(manner.afterSeconds, () => call.answer());
      break;
    case 'voicemail':
      if (manner.afterSeconds < ringSeconds) agenda.after(manner.afterSeconds, () => call.answer('machine'));
      break;
    case 'not_answered':
    case 'by_hand':
      break;
    default:
      manner satisfies never;
  }
  agenda.after(ringSeconds, fails('not_answered'));
  return call;
}
