import type { Temporal } from 'temporal-polyfill';
import type { Agenda } from './agenda.ts';
import type { Network } from './network.ts';
import type { PhoneCall } from './phone-call.ts';
import type { Phones } from './phones.ts';
import { retriesOf, signedCallback } from './twilio-signature.ts';
import { readTwiml, type Verb, wordsOf } from './twiml.ts';

export type TwilioCall = {
  sid: string;
  to: string;
  from: string;
  status: 'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'no-answer' | 'failed';
  answeredBy: string | null;
  createdAt: Temporal.Instant;
  startedAt: Temporal.Instant | null;
  url: string;
  statusCallback: string | undefined;
  events: readonly string[];
  detectsMachines: boolean;
  ringSeconds: number;
};

type Parts = {
  agenda: Agenda;
  network: Network;
  phones: Phones;
  accountSid: string;
  authToken: string;
  now: () => Temporal.Instant;
};

const SECONDS = { dialling: 1, detection: 3, speech: 3, gatherTimeout: 5, dialTimeout: 30 };
const NOT_ANSWERED = { busy: 'busy', not_answered: 'no-answer', unreachable: 'failed' } as const;

/** Carries an accepted call out: rings, asks us what to say, says it, hands keys back, and reports. */
export function placeTwilioCall(call: TwilioCall, parts: Parts): void {
  const { agenda, network, phones, accountSid, authToken, now } = parts;
  let phone: PhoneCall | undefined;
  /** The question that waits for a key. */
  let question: { action: string } | undefined;
  let sequence = 0;

  const paramsOf = (more: Record<string, string> = {}) => ({
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    CallSid: call.sid,
    CallStatus: call.status,
    Direction: 'outbound-api',
    From: call.from,
    To: call.to,
    ...(call.answeredBy ? { AnsweredBy: call.answeredBy } : {}),
    ...more,
  });
  const report = (event: string) => {
    if (!call.statusCallback || !call.events.includes(event)) return;
    const params = paramsOf({ CallbackSource: 'call-progress-events', SequenceNumber: String(sequence) });
    sequence += 1;
    network.callBack(signedCallback(authToken, call.statusCallback, params), retriesOf(call.statusCallback));
  };
  const isOver = () => call.status !== 'ringing' && call.status !== 'in-progress';
  const end = (status: TwilioCall['status']) => {
    if (isOver()) return;
    call.status = status;
    question = undefined;
    phone?.ends();
    report('completed');
  };

  const askUs = async (url: string, more: Record<string, string> = {}) => {
    const answer = await network.ask(signedCallback(authToken, url, paramsOf(more)), retriesOf(url));
    // Twilio reads an excuse of its own out and hangs up.
    if (answer?.status !== 200) return end('completed');
    go(readTwiml(answer.body), url);
  };

  const go = ([verb, ...rest]: readonly Verb[], base: string): void => {
    if (isOver()) return;
    if (!verb) {
      end('completed');
      return;
    }
    switch (verb.name) {
      case 'Hangup':
        end('completed');
        break;
      case 'Redirect':
        agenda.after(0, () => askUs(new URL(wordsOf(verb), base).href));
        break;
      case 'Pause':
        agenda.after(Number(verb.attributes.length ?? 1), () => go(rest, base));
        break;
      case 'Say':
        phone?.hears(wordsOf(verb));
        agenda.after(SECONDS.speech, () => go(rest, base));
        break;
      case 'Gather':
        gather(verb, rest, base);
        break;
      case 'Dial':
        dial(verb, base);
        break;
      default:
        throw new Error(`The fake does not know <${verb.name}>`);
    }
  };

  /** Says what is inside, and waits for a key meanwhile and for a while after it. */
  const gather = (verb: Verb, rest: readonly Verb[], base: string): void => {
    const asked = { action: new URL(verb.attributes.action ?? '', base).href };
    question = asked;
    const said = verb.children.filter(({ name }) => name === 'Say');
    for (const line of said) phone?.hears(wordsOf(line));
    const within = said.length * SECONDS.speech + Number(verb.attributes.timeout ?? SECONDS.gatherTimeout);
    agenda.after(within, () => {
      if (question !== asked) return;
      question = undefined;
      go(rest, base);
    });
    phone?.isAsked(within);
  };

  /** Lets another phone ring and joins the two; when they have spoken, or nobody picked up, this call goes on. */
  const dial = (verb: Verb, base: string): void => {
    const number = verb.children.find(({ name }) => name === 'Number');
    const to = number ? wordsOf(number) : wordsOf(verb);
    const action = new URL(verb.attributes.action ?? '', base).href;
    let joinedAt: Temporal.Instant | undefined;
    let isDone = false;
    const done = (status: string) => {
      if (isDone || isOver()) return;
      isDone = true;
      const seconds = joinedAt ? Math.round(joinedAt.until(now()).total('seconds')) : undefined;
      void askUs(action, {
        DialCallStatus: status,
        DialCallSid: `CA${'d'.repeat(32)}`,
        DialBridged: String(joinedAt !== undefined),
        ...(seconds === undefined ? {} : { DialCallDuration: String(seconds) }),
      });
    };
    const ringSeconds = Number(verb.attributes.timeout ?? SECONDS.dialTimeout);
    const other = phones.ring(
      { provider: 'twilio', to, ringSeconds },
      {
        answered() {
          joinedAt = now();
          agenda.after(phones.talkSecondsOf(to), () => other.hangUp());
        },
        pressed: () => undefined,
        hungUp: () => done('completed'),
        notAnswered: (why) => done(NOT_ANSWERED[why]),
      },
    );
  };

  const ring = () => {
    call.status = 'ringing';
    call.startedAt = now();
    report('ringing');
    phone = phones.ring(
      { provider: 'twilio', to: call.to, ringSeconds: call.ringSeconds },
      {
        answered(by) {
          call.status = 'in-progress';
          report('answered');
          agenda.after(call.detectsMachines ? SECONDS.detection : 0, async () => {
            if (call.detectsMachines) call.answeredBy = by === 'person' ? 'human' : 'machine_start';
            if (!isOver()) await askUs(call.url);
          });
        },
        async pressed(digit) {
          const asked = question;
          question = undefined;
          if (asked) await askUs(asked.action, { Digits: digit, FinishedOnKey: '' });
        },
        hungUp: () => end('completed'),
        notAnswered: (why) => end(NOT_ANSWERED[why]),
      },
    );
  };

  agenda.after(0, () => report('initiated'));
  agenda.after(SECONDS.dialling, ring);
}
