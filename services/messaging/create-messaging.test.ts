import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from './create-messaging.ts';
import { type MissedMorning, openMissedMorning } from './testing/missed-morning.ts';

let morning: MissedMorning;
beforeAll(async () => {
  morning = await openMissedMorning();
});
afterAll(() => morning?.close());

it('a process that does not send leaves providers and pages to the one that does, and wakes it', async () => {
  const { db, clock } = morning;
  await db.insertInto('provider_health').values({ name: 'twilio-voice', channel: 'voice' }).execute();
  const home = await morning.miss();
  const wake = vi.fn();
  const messaging = createMessaging(
    { language: 'zh-CN', publicUrl: undefined, twilio: undefined, sends: false },
    { db, clock, logger: createLogger('silent'), wake },
  );
  await messaging.start();
  const phone = await morning.phoneOf(home.primaryId);
  await messaging.receive({ provider: 'outbox', providerId: 'r1', phone, text: `${home.code}1` });
  await messaging.stop();
  const providers = await db.selectFrom('provider_health').select('name').execute();
  expect(providers.map(({ name }) => name)).toEqual(['twilio-voice']);
  expect(wake).toHaveBeenCalledOnce();
  expect(await morning.pages(home.alertId)).toMatchObject([{ state: 'planned' }]);
});
