import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '#contracts/gateway.ts';
import type { Channel } from '#pact/ladder.ts';
import { takeDueMessages } from '#store/message/take-due-messages.ts';
import { deliverDue, LEASE_MS } from '../deliver.ts';
import { createGateways } from '../gateways.ts';
import { openScenario, type Scenario } from '../testing/scenario.ts';
import { createTwilioGateways } from '../twilio/twilio.ts';

/** Between planned and recorded: where the process that sends may be killed. */
const POINTS = [
  'before it is taken',
  'after it is taken',
  'while the provider is asked whether it has it',
  'while the request is on its way',
  'when the provider has accepted it and has not answered',
  'when the answer is there and is not recorded',
  'after it is recorded',
  'after its receipt',
] as const;
type Point = (typeof POINTS)[number];

let town: Scenario;
beforeAll(async () => {
  town = await openScenario();
});
afterAll(() => town?.close());
afterEach(() => town.forgetAlerts());

/** Killed: what was under way never goes on. */
const killed = () => new Promise<never>(() => {});

/** A process that sends until it is killed at this point. */
async function sendUntil(point: Point, channel: Channel): Promise<void> {
  const { db, clock, fake } = town;
  if (point === 'before it is taken') return;
  if (point === 'after it is taken' || point === 'while the provider is asked whether it has it') {
    await takeDueMessages(db, { channel, limit: 10, leaseMs: LEASE_MS }, clock.now());
    if (point === 'after it is taken') return;
    clock.advance({ milliseconds: LEASE_MS });
  }
  await new Promise<void>((died) => {
    const die = () => {
      died();
      return killed();
    };
    const dying = (gateway: Gateway): Gateway => ({
      ...gateway,
      async find(dispatch, isAnothers) {
        await gateway.find(dispatch, isAnothers);
        return die();
      },
      async send(dispatch) {
        if (point === 'while the request is on its way') fake.network.next({ kind: 'hang_up' });
        if (point.startsWith('when the provider has accepted'))
          fake.network.next({ kind: 'accept_and_hang_up' });
        const sent = await gateway.send(dispatch).catch(() => undefined);
        return point.startsWith('after') && sent ? sent : die();
      },
    });
    const gateways = createGateways(createTwilioGateways(town.account, town.publicUrl).map(dying));
    deliverDue(db, gateways, clock, 10).then(
      () => died(),
      () => died(),
    );
  });
  if (point === 'after its receipt') {
    for (let second = 0; second < 15; second += 1) {
      clock.advance({ seconds: 1 });
      await fake.settle();
    }
  }
}

const KINDS: readonly [kind: string, channel: Channel, homes: number][] = [
  ['an SMS', 'sms', 1],
  ['a call', 'voice', 1],
  ['a list', 'sms', 3],
  ['a list in a call', 'voice', 2],
];

describe.each(KINDS)('%s reaches its person once', (_, channel, homes) => {
  for (const point of POINTS) {
    it.each(['come', 'are lost'])(`killed ${point}, callbacks %s`, async (callbacks) => {
      const pages = await town.missForOneSteward(homes, channel);
      const { primaryId } = pages[0]!;
      const phone = await town.phoneOf(primaryId);
      // Whoever answers hears it to the end and goes on thinking.
      town.phones.of(phone).answersCall();
      town.fake.network.spoilCallbacks({ lost: callbacks === 'are lost' ? 1 : 0 });

      await sendUntil(point, channel);
      await town.pass({ seconds: 100 }, 2);

      const came = town.phones.incoming.filter(({ to }) => to === phone);
      expect(came.map((one) => one.channel)).toEqual([channel]);
      for (const { alertId, code } of pages) {
        const own = (await town.pages(alertId)).filter((page) => page.person_id === primaryId);
        expect(own.map(({ state }) => state)).toEqual(['delivered']);
        expect(came[0]?.text.replaceAll(' ', '')).toContain(code);
      }
    });
  }
});
