import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '#platform/clock.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Agenda } from './agenda.ts';

/** What happens to one of the next requests to send something. */
export type Mood =
  | { kind: 'refuse'; status: number; code: number }
  /** Taken, but the line breaks before we hear of it. */
  | { kind: 'accept_and_hang_up' }
  | { kind: 'hang_up' }
  | { kind: 'never_answer' };

/** Shares of callbacks, from 0 to 1, that the way to us spoils. */
export type CallbackTrouble = {
  lost?: number;
  doubled?: number;
  delayed?: number;
  mostDelaySeconds?: number;
};

export type Callback = {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
};

export type CallbackAnswer = { status: number; body: string };

/** Everything between the providers and us, and what goes wrong there. Providers of any kind share it. */
export type Network = {
  isDown(): boolean;
  setDown(isDown: boolean): void;
  /** Wall milliseconds before each answer. */
  setSlow(milliseconds: number): void;
  /** Wall milliseconds between what was done for a request and its answer. */
  setLate(milliseconds: number): void;
  /** Requests a second that are taken; the rest hears "too many". */
  setRateLimit(perSecond: number | undefined): void;
  /** Of the next requests to send, one each; then all is well again. */
  next(...moods: Mood[]): void;
  spoilCallbacks(trouble: CallbackTrouble): void;
  /** Before a request is looked at. */
  arrive(): Promise<'admitted' | 'down' | 'too_many'>;
  /** Before its answer leaves. */
  depart(): Promise<void>;
  takeMood(): Mood | undefined;
  /** Brings a callback in its own time; `retries` more times when it fails. A lost one is gone. */
  callBack(callback: Callback, retries?: number): void;
  /** One whose answer the provider needs, such as what a call is to say; undefined when there was none. */
  ask(callback: Callback, retries?: number): Promise<CallbackAnswer | undefined>;
  /** Every callback that was brought, with the answer's status (0: nobody answered). */
  readonly broughtBack: readonly (Callback & { status: number })[];
};

const CALLBACK_TIMEOUT_MS = 15_000;

export function createNetwork(agenda: Agenda, clock: Clock, random: SeededRandom): Network {
  const moods: Mood[] = [];
  const broughtBack: (Callback & { status: number })[] = [];
  let isDown = false;
  let slowMs = 0;
  let lateMs = 0;
  let perSecond: number | undefined;
  let admitted: number[] = [];
  let trouble: CallbackTrouble = {};

  const post = async (callback: Callback): Promise<CallbackAnswer | undefined> => {
    try {
      const response = await fetch(callback.url, {
        method: 'POST',
        headers: callback.headers,
        body: callback.body,
        signal: AbortSignal.timeout(CALLBACK_TIMEOUT_MS),
      });
      broughtBack.push({ ...callback, status: response.status });
      return { status: response.status, body: await response.text() };
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      // Nobody answers: the service may be down, as it is in some scenarios.
      broughtBack.push({ ...callback, status: 0 });
      return undefined;
    }
  };
  const isTaken = (answer: CallbackAnswer | undefined) => answer !== undefined && answer.status < 500;

  const bring = (callback: Callback, retries: number) => async () => {
    if (!isTaken(await post(callback)) && retries > 0) agenda.after(1, bring(callback, retries - 1));
  };
  const happens = (share: number | undefined) => share !== undefined && random.next() < share;

  return {
    isDown: () => isDown,
    setDown: (down) => {
      isDown = down;
    },
    setSlow: (milliseconds) => {
      slowMs = milliseconds;
    },
    setLate: (milliseconds) => {
      lateMs = milliseconds;
    },
    setRateLimit: (limit) => {
      perSecond = limit;
    },
    next: (...coming) => void moods.push(...coming),
    spoilCallbacks: (coming) => {
      trouble = coming;
    },
    async arrive() {
      if (slowMs > 0) await wait(slowMs);
      if (isDown) return 'down';
      if (perSecond === undefined) return 'admitted';
      const now = clock.now().epochMilliseconds;
      admitted = admitted.filter((at) => at > now - 1_000);
      if (admitted.length >= perSecond) return 'too_many';
      admitted.push(now);
      return 'admitted';
    },
    async depart() {
      if (lateMs > 0) await wait(lateMs);
    },
    takeMood: () => moods.shift(),
    callBack(callback, retries = 0) {
      const copies = happens(trouble.lost) ? 0 : happens(trouble.doubled) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const seconds = happens(trouble.delayed) ? random.next() * (trouble.mostDelaySeconds ?? 60) : 0;
        agenda.after(seconds, bring(callback, retries));
      }
    },
    async ask(callback, retries = 0) {
      for (let left = retries; ; left -= 1) {
        const answer = await post(callback);
        if (isTaken(answer) || left <= 0) return answer;
      }
    },
    broughtBack,
  };
}
