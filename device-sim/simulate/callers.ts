import { receiveReply } from '#services/messaging/receive-reply.ts';
import { recordReceipt } from '#store/message/record-receipt.ts';
import type { Services } from './our-services.ts';
import { createPeople, type Reply } from './people.ts';
import { createProvider, type Provider } from './provider.ts';
import type { World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Calls are rounded up to these, so that one run takes those that come together. */
const CALLBACK_MS = 30 * SECOND;
const MOST_TRIES = 6;

type Call = () => Promise<void>;

/**
 * Whoever calls us from outside: the provider with its receipts, and people with their replies. Each calls again
 * until it is answered, as webhooks do.
 * @param services are asked for once days pass
 */
export function createCallers(world: World, services: () => Services): Provider {
  const { bench, plan, chance, faults, agenda } = world;
  const people = createPeople(plan, chance);
  const callsAt = new Map<number, { call: Call; again(later: number): void }[]>();
  let replies = 0;
  const api = () => services().parts.get('api')!;

  const provider = createProvider(plan.hasVoice ? ['sms', 'voice'] : ['sms'], {
    faults,
    now: () => world.now,
    knowsAtOnce: plan.knowsAtOnce,
    isDead: (phone) => people.find(phone)?.isDead ?? false,
    onAccepted({ id, key, to, kind }) {
      const label = `receipt ${to} ${id}`;
      const fails = !plan.knowsAtOnce && chance.happens(`${label} fails`, 0.04);
      const ringsAt = world.now + chance.between(label, 2, 25) * SECOND;
      if (plan.knowsAtOnce) provider.settle(id, 'delivered');
      else tellReceipt(id, fails ? 'failed' : 'delivered', ringsAt, label);
      if (!fails && (kind === 'page' || kind === 'list')) hear(key, to, ringsAt);
    },
  });
  return provider;

  /** Hands calls to our API: those that come together in one run, each answered or not by itself. */
  function callApi(at: number, call: Call, tries = 0): void {
    const comesAt = Math.ceil(at / CALLBACK_MS) * CALLBACK_MS;
    const calls = callsAt.get(comesAt);
    const again = (later: number) => {
      if (tries < MOST_TRIES) callApi(later, call, tries + 1);
    };
    if (calls) {
      calls.push({ call, again });
      return;
    }
    const list = [{ call, again }];
    const answered = new Set<Call>();
    callsAt.set(comesAt, list);
    agenda.add({
      ...{ at: comesAt, part: 'api', label: 'calls' },
      whenDown(upAt) {
        callsAt.delete(comesAt);
        for (const each of list) each.again(upAt + 10 * SECOND);
      },
      async work() {
        for (const each of list) {
          await each.call();
          answered.add(each.call);
        }
      },
      // Whoever called and got no answer calls again.
      afterwards() {
        callsAt.delete(comesAt);
        for (const each of list) if (!answered.has(each.call)) each.again(world.now + 15 * SECOND);
      },
    });
  }

  function tellReceipt(id: string, state: 'failed' | 'delivered', at: number, label: string): void {
    const line = `the receipt “${state}” for ${id}`;
    const receipt = () => provider.receiptOf(id, state);
    const give = (when: number) =>
      callApi(when, async () => {
        const part = api();
        const isNews = await recordReceipt(part.life().db, receipt(), part.clock.now());
        // One of success gives a round nothing to do; few of them show that it does no harm.
        if (isNews && (state === 'failed' || chance.happens(`${label} wakes`, 0.1))) services().wakeCarer();
      });
    if (faults.strikes('receipt_lost', label, 0.06, at, `${line} is lost`)) {
      provider.settle(id, state);
      return;
    }
    const late = chance.between(`${label} late`, 5, 90) * MINUTE;
    give(
      faults.strikes('receipt_late', label, 0.05, at, `${line} is ${late / MINUTE} minutes late`)
        ? at + late
        : at,
    );
    if (faults.strikes('receipt_doubled', label, 0.04, at, `${line} comes twice`)) give(at + 20 * SECOND);
  }

  /** A phone rings: its owner reads of which home it is and answers in their way. */
  function hear(key: string, phone: string, at: number): void {
    const person = people.find(phone);
    if (!person || person.habit === 'never') return;
    agenda.add({
      ...{ at, part: 'api', label: `rings ${key}`, isForced: true as const },
      whenDown: () => hear(key, phone, at + MINUTE),
      async work() {
        const page = await bench.own
          .selectFrom('message')
          .innerJoin('alert', 'alert.id', 'message.alert_id')
          .innerJoin('household', 'household.id', 'alert.household_id')
          .select(['household.code', 'alert.id'])
          .where('message.envelope_id', '=', key)
          .where('message.kind', '=', 'page')
          .where('household.is_canary', '=', false)
          .orderBy('household.code')
          .executeTakeFirst();
        if (!page) return;
        for (const reply of people.answers(person, page.code, page.id, world.now)) write(reply);
      },
    });
  }

  function write(reply: Reply): void {
    replies += 1;
    const providerId = `R${replies}`;
    const label = `reply ${reply.phone} ${reply.at}`;
    const hand = (at: number) =>
      callApi(at, async () => {
        const part = api();
        const { phone, text } = reply;
        await receiveReply(
          part.life().db,
          { provider: 'simulated-sms', providerId, phone, text },
          part.clock.now(),
        );
        if (reply.safeFor) world.saidSafe.push({ code: reply.safeFor, at: world.now });
        services().wakeCarer();
      });
    hand(reply.at);
    const line = `the reply “${reply.text}” from ${reply.phone} is handed over twice`;
    if (faults.strikes('reply_doubled', label, 0.06, reply.at, line)) hand(reply.at + 5 * SECOND);
  }
}
