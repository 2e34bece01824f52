import { connectAsync, type MqttClient } from 'mqtt';
import { eventTopic } from '#contracts/mqtt/topics.ts';
import { startOperatorsBroker } from '../networks/operators-broker.ts';

/**
 * The load of the bridge's bench, a process of its own: an operator's broker with a network that publishes to it, and a
 * client that says the same straight to our broker. Told what to do by messages from its parent, answers each with one.
 */
export type BridgeLoadOrder =
  /** Each device in turn says open and closed by turns, from this number on; over `username` as the bridge would. */
  | {
      kind: 'direct';
      url: string;
      username: string;
      password: string;
      devices: number;
      from: number;
      count: number;
    }
  /** The same by a network, as fast as its broker takes it, or so many a second. */
  | { kind: 'network'; devices: number; from: number; count: number; perSecond?: number };
type BridgeLoadAnswer = { url: string } | { ms: number };

const WINDOW = 512;

const operators = await startOperatorsBroker();
const network = await connectAsync(operators.url, { clientId: 'network', clean: false });
let direct: MqttClient | undefined;

/** Publishes with so many under way. @returns milliseconds from the first to the last acknowledgement */
async function publishAll(
  client: MqttClient,
  order: BridgeLoadOrder,
  say: (n: number) => [topic: string, payload: string],
) {
  const startedAt = performance.now();
  let next = 0;
  async function goOn(): Promise<void> {
    while (next < order.count) {
      const n = order.from + next;
      next += 1;
      if (order.kind === 'network' && order.perSecond) {
        const wait = startedAt + ((next - 1) * 1_000) / order.perSecond - performance.now();
        if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      }
      const [topic, payload] = say(n);
      await client.publishAsync(topic, payload, { qos: 1 });
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, goOn));
  return performance.now() - startedAt;
}

async function obey(order: BridgeLoadOrder): Promise<BridgeLoadAnswer> {
  const sayOf = (n: number) => ({ device: n % order.devices, turn: Math.floor(n / order.devices) });
  if (order.kind === 'direct') {
    const { username, password } = order;
    direct = await connectAsync(order.url, { username, password, clientId: username });
    const ms = await publishAll(direct, order, (n) => {
      const { device, turn } = sayOf(n);
      const type = turn % 2 === 0 ? 'closed' : 'opened';
      return [
        // Sensors of its own, after those of the bridge: two counters would look like a restart at every message.
        eventTopic(`bench-${order.devices + device}`),
        `{"type":"${type}","at":${Date.now()},"seq":${turn},"rssi":-71}`,
      ];
    });
    await direct.endAsync();
    return { ms };
  }
  const ms = await publishAll(network, order, (n) => {
    const { device, turn } = sayOf(n);
    const devEui = addressOf(device).toLowerCase();
    const body = {
      deduplicationId: `${device}-${turn}`,
      time: new Date().toISOString(),
      deviceInfo: { deviceName: `curtain ${device}`, deviceProfileName: 'WS301', devEui },
      fCnt: turn,
      fPort: 85,
      data: Buffer.from([0x03, 0x00, turn % 2]).toString('base64'),
      rxInfo: [{ gatewayId: '0016c001f153a14c', rssi: -71, snr: 9 }],
    };
    return [`application/1/device/${devEui}/event/up`, JSON.stringify(body)];
  });
  return { ms };
}

const addressOf = (device: number): string => `24E124${String(device).padStart(10, '0')}`;

process.on('message', (order: BridgeLoadOrder) => {
  obey(order).then((answer) => process.send?.(answer));
});
process.send?.({ url: operators.url } satisfies BridgeLoadAnswer);
