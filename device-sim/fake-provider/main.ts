import { Command, Option } from 'commander';
import { Temporal } from 'temporal-polyfill';
import { createScaledClock } from '#platform/clock.ts';
import { wholeNumber } from '../whole-number.ts';
import { startFakeProvider } from './server.ts';

/** The fake providers as a program of their own: `node device-sim/fake-provider/main.ts --port 4010`. */
const options = new Command('node device-sim/fake-provider/main.ts')
  .description('The providers’ side of the world: phones to answer by hand at /')
  .option('--port <n>', 'port on loopback, 0 for a free one', wholeNumber(0, 65_535), 4010)
  .option('--speed <n>', 'clock speed', wholeNumber(1, 600), 1)
  .option('--account <sid>', 'Twilio account', `AC${'0'.repeat(32)}`)
  .option('--token <token>', 'Twilio token', 'a-token-of-the-fake')
  .option('--sms-webhook <url>', 'where incoming SMS are brought')
  .addOption(new Option('--language <code>', 'of the page').choices(['zh-CN', 'en']).default('zh-CN'))
  .parse()
  .opts<{
    port: number;
    speed: number;
    account: string;
    token: string;
    smsWebhook?: string;
    language: 'zh-CN' | 'en';
  }>();

const fake = await startFakeProvider({
  clock: createScaledClock(Temporal.Now.instant(), Math.max(1, options.speed)),
  twilio: { accountSid: options.account, authToken: options.token },
  port: options.port,
  language: options.language,
  usually: { kind: 'by_hand' },
});
if (options.smsWebhook) fake.twilio.bringSmsTo(options.smsWebhook);
console.log(JSON.stringify({ url: fake.url }));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    fake.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
