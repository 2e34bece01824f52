import { createHash } from 'node:crypto';
import type { SeededRandom } from '../seeded-random.ts';
import { createPushLine, type PushLine } from './push-line.ts';
import type { VirtualDevice } from './virtual-gateway.ts';

export type OnenetOptions = {
  url: string;
  /** What the operator has typed in at OneNET as the push's token. */
  token: string;
  random: SeededRandom;
};

export type Onenet = Pick<PushLine, 'pushed'> & {
  /** Whether the address answers its challenge as it must: with the word and nothing else. */
  isAddressAccepted(): Promise<boolean>;
  device(id: number): VirtualDevice & {
    /** The platform's word on whether it is connected. */
    online(at: number, isOnline: boolean): Promise<void>;
    /** What gathered is pushed as one message. */
    reportAll(at: readonly number[]): Promise<void>;
  };
};

/** Data points, and a device that came or went. */
const TYPE = { point: 1, presence: 2 };

/**
 * OneNET's older push: signed by MD5 over token, nonce and message; one message or an array of them. Its document
 * "第三方平台开发, 数据推送".
 */
export function createOnenet({ url, token, random }: OnenetOptions): Onenet {
  const { push, pushed } = createPushLine({ url, retries: 0 });
  const nonceOf = () => Array.from({ length: 8 }, () => random.between(0, 35).toString(36)).join('');
  const sign = (nonce: string, message: string) =>
    createHash('md5').update(`${token}${nonce}${message}`).digest('base64');

  async function send(msg: unknown): Promise<void> {
    const nonce = nonceOf();
    await push(JSON.stringify({ msg, msg_signature: sign(nonce, JSON.stringify(msg)), nonce }));
  }

  return {
    pushed,
    async isAddressAccepted() {
      const [msg, nonce] = [nonceOf(), nonceOf()];
      const challenge = new URL(url);
      for (const [key, value] of Object.entries({ msg, nonce, signature: sign(nonce, msg) })) {
        challenge.searchParams.set(key, value);
      }
      const answer = await fetch(challenge);
      return answer.status === 200 && (await answer.text()) === msg;
    },
    device(id) {
      let isOpen = false;
      const point = (at: number, stream: string, value: number) => ({
        ...{ type: TYPE.point, dev_id: id, ds_id: stream, at, value },
      });
      const contact = (at: number) => point(at, 'door_state', isOpen ? 1 : 0);
      const move = async (at: number, open: boolean) => {
        isOpen = open;
        await send(contact(at));
      };
      return {
        address: String(id),
        open: (at) => move(at, true),
        close: (at) => move(at, false),
        report: (at) => send(contact(at)),
        battery: (at, percent) => send(point(at, 'battery', percent)),
        online: (at, isOnline) =>
          send({ type: TYPE.presence, dev_id: id, status: isOnline ? 1 : 0, login_type: 7, at }),
        reportAll: (times) => send(times.map(contact)),
      };
    },
  };
}
