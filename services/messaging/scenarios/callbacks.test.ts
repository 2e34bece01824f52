import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signedCallback } from '#sim/fake-provider/twilio-signature.ts';
import { ACCOUNT, openScenario, type Scenario } from '../testing/scenario.ts';

let town: Scenario;
beforeAll(async () => {
  town = await openScenario({ previousAuthToken: 'the-token-before' });
});
afterAll(() => town?.close());
afterEach(async () => {
  town.fake.network.spoilCallbacks({});
  await town.forgetAlerts();
});

const PATHS = ['sms-status', 'voice-status', 'voice', 'voice-key'] as const;
const stateOf = async (alertId: string, personId: string) =>
  (await town.pages(alertId)).filter((page) => page.person_id === personId).map(({ state }) => state);

/** A callback as it comes over HTTP. */
async function call(path: string, key: string, params: Record<string, string>, token = ACCOUNT.authToken) {
  const { url, headers, body } = signedCallback(
    token,
    `${town.publicUrl}/webhooks/twilio/${path}?key=${key}`,
    params,
  );
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, body: await response.text() };
}
const delivered = { MessageSid: 'SM1', MessageStatus: 'delivered' };

const fates = fc.constantFrom('delivered', 'off', 'unknown', 'filtered');
const answers = fc.constantFrom('answers', 'busy', 'voicemail', 'not_answered');
const trouble = fc.record({
  lost: fc.constantFrom(0, 0.3, 1),
  doubled: fc.constantFrom(0, 0.5, 1),
  delayed: fc.constantFrom(0, 0.5, 1),
  mostDelaySeconds: fc.constantFrom(5, 90),
});

describe('callbacks that are lost, doubled, late, in any order, and forged', () => {
  it('leave every message in the state that it really has', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fates, answers, trouble, async (fate, answer, spoilt) => {
        const [texted, called] = await Promise.all([town.seed.addHome(), town.seed.addHome()]);
        await town.prefer(called.primaryId, 'voice');
        const phone = town.phones.of(await town.phoneOf(texted.primaryId));
        if (fate === 'off') phone.isOff();
        if (fate === 'unknown') phone.isUnknown();
        if (fate === 'filtered') phone.filtersOurs();
        const rung = town.phones.of(await town.phoneOf(called.primaryId));
        if (answer === 'answers') rung.answersCall();
        if (answer === 'busy') rung.isBusy();
        if (answer === 'voicemail') rung.hasVoicemail();
        town.fake.network.spoilCallbacks(spoilt);

        const [text, ring] = await town.missThese([texted, called]);
        await town.now();
        const [page] = await town.pages(text!.alertId);
        for (const path of PATHS) {
          const forged = await call(path, page!.id, { ...delivered, CallSid: 'CA1', Digits: '2' }, 'guessed');
          expect(forged.status).toBe(403);
        }
        await town.pass({ seconds: 150 }, 5);

        expect(await stateOf(text!.alertId, texted.primaryId)).toContain(
          fate === 'delivered' ? 'delivered' : 'failed',
        );
        expect(await stateOf(ring!.alertId, called.primaryId)).toContain(
          answer === 'answers' ? 'delivered' : 'failed',
        );
        await town.forgetAlerts();
      }),
      { numRuns: 24, seed: 20_261_124 },
    );
  });
});

describe('a callback', () => {
  it('is refused in the one shape of errors when it is forged, and nothing in it is told', async () => {
    const home = await town.miss();
    const [page] = await town.pages(home.alertId);
    const answer = await call('sms-status', page!.id, delivered, 'guessed');
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: { code: 'SIGNATURE_INVALID', hint: expect.any(String) },
    });
  });

  it('is refused when it is signed for another message', async () => {
    const home = await town.miss();
    const [page] = await town.pages(home.alertId);
    const { headers, body } = signedCallback(
      ACCOUNT.authToken,
      `${town.publicUrl}/webhooks/twilio/sms-status?key=${crypto.randomUUID()}`,
      delivered,
    );
    const answer = await town.post(`/webhooks/twilio/sms-status?key=${page!.id}`, headers, body);
    expect(answer.status).toBe(403);
  });

  it('is taken when it is signed with the token before', async () => {
    const home = await town.miss();
    await town.now();
    const [page] = await town.pages(home.alertId);
    const params = { ...delivered, MessageSid: page!.provider_id! };
    expect((await call('sms-status', page!.id, params, 'the-token-before')).status).toBe(204);
    expect((await town.pages(home.alertId))[0]).toMatchObject({ state: 'delivered' });
  });

  it('that comes twice, or after a better one, changes nothing more', async () => {
    const home = await town.miss();
    await town.now();
    const [page] = await town.pages(home.alertId);
    const MessageSid = page!.provider_id!;
    for (const MessageStatus of ['delivered', 'delivered', 'sent', 'undelivered', 'a-word-of-tomorrow']) {
      expect((await call('sms-status', page!.id, { MessageSid, MessageStatus })).status).toBe(204);
    }
    expect((await town.pages(home.alertId))[0]).toMatchObject({ state: 'delivered', failure: null });
  });

  it('about nothing that we know is harmless', async () => {
    const unknown = crypto.randomUUID();
    const params = { ...delivered, CallSid: 'CA1', CallStatus: 'busy', Digits: '1', AnsweredBy: 'human' };
    expect((await call('sms-status', unknown, params)).status).toBe(204);
    expect((await call('voice-status', unknown, params)).status).toBe(204);
    expect((await call('voice', unknown, params)).body).toMatch(/<Response><Hangup\/><\/Response>/);
    expect((await call('voice-key', unknown, params)).body).toContain('没有听清');
    for (const path of PATHS) {
      const answer = await call(path, 'no-key-of-ours', params);
      expect(answer.status).toBe(404);
      expect(answer.body).not.toContain('no-key-of-ours');
    }
  });

  it('with a key pressed twice is one press', async () => {
    const home = await town.seed.addHome();
    await town.prefer(home.primaryId, 'voice');
    const [missed] = await town.missThese([home]);
    await town.now();
    const [page] = await town.pages(missed!.alertId);
    const params = { CallSid: page!.provider_id!, Digits: '1', CallStatus: 'in-progress' };
    const [first, second] = [
      await call('voice-key', page!.id, params),
      await call('voice-key', page!.id, params),
    ];
    expect([first.status, second.status]).toEqual([200, 200]);
    const entries = await town.db
      .selectFrom('alert_entry')
      .select('kind')
      .where('alert_id', '=', missed!.alertId)
      .execute();
    expect(entries.filter(({ kind }) => kind === 'acknowledged')).toHaveLength(1);
  });
});

describe('a call that was taken for another', () => {
  it('goes back to its own message, and the other is sent anew', async () => {
    const [one, two] = await Promise.all([town.seed.addHome(), town.seed.addHome()]);
    for (const { primaryId } of [one, two]) await town.prefer(primaryId, 'voice');
    const [first, second] = await town.missThese([one, two]);
    await town.now();
    const [claimed] = await town.pages(first!.alertId);
    const [own] = await town.pages(second!.alertId);
    const sid = own!.provider_id!;
    // Two in doubt at once, to one number: what the list told of the one was the other's.
    await town.db
      .updateTable('message')
      .set({ state: 'sending', provider_id: null })
      .where('id', '=', own!.id)
      .execute();
    await town.db.updateTable('message').set({ provider_id: sid }).where('id', '=', claimed!.id).execute();

    expect((await call('voice', own!.id, { CallSid: sid, AnsweredBy: 'human' })).status).toBe(200);
    expect((await town.pages(second!.alertId))[0]).toMatchObject({ state: 'delivered', provider_id: sid });
    expect((await town.pages(first!.alertId))[0]).toMatchObject({ state: 'sending', provider_id: null });
  });
});
