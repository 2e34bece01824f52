import { createHmac } from 'node:crypto';
import { createPushLine, type PushLine } from './push-line.ts';
import type { VirtualDevice } from './virtual-gateway.ts';

export type JsonHookOptions = {
  url: string;
  secret: string;
};

export type JsonHook = Pick<PushLine, 'pushed'> & { device(serial: string): VirtualDevice };

/** A program of the operator's own that pushes JSON of its own shape, signed with HMAC-SHA256 over the body's bytes. */
export function createJsonHook({ url, secret }: JsonHookOptions): JsonHook {
  const { push, pushed } = createPushLine({
    url,
    retries: 3,
    headers: (body) => ({
      'x-pact-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    }),
  });
  let count = 0;
  return {
    pushed,
    device(serial) {
      let [isOpen, battery] = [false, 100];
      const say = async (at: number) => {
        count += 1;
        const reading = { door: isOpen ? 'open' : 'shut', battery };
        await push(
          JSON.stringify({ id: `m-${count}`, device: { serial }, reading, at: new Date(at).toISOString() }),
        );
      };
      const move = async (at: number, open: boolean) => {
        isOpen = open;
        await say(at);
      };
      return {
        address: serial,
        open: (at) => move(at, true),
        close: (at) => move(at, false),
        report: say,
        async battery(at, percent) {
          battery = percent;
          await say(at);
        },
      };
    },
  };
}
