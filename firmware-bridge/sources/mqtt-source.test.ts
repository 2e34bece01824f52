import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { type OperatorsBroker, startOperatorsBroker } from '#sim/networks/operators-broker.ts';
import type { SourceSetting } from '#store/bridge/setting.ts';
import { type MqttSource, openMqttSource } from './mqtt-source.ts';

let operators: OperatorsBroker;
let network: MqttClient;
beforeAll(async () => {
  operators = await startOperatorsBroker({ credentials: { username: 'pact', password: 'right' } });
  network = await connectAsync(operators.url, { username: 'pact', password: 'right', clientId: 'network' });
});
afterAll(async () => {
  await network.endAsync();
  await operators.stop();
});

const setting = (more: Partial<SourceSetting> = {}): SourceSetting => ({
  id: 'one',
  communityId: '',
  name: 'one',
  kind: 'mqtt',
  format: 'chirpstack',
  url: operators.url,
  username: 'pact',
  secret: 'right',
  topics: ['up/#'],
  ca: null,
  mapping: null,
  announces: false,
  ...more,
});

type Taken = { text: string; key: string | undefined; settle: () => void; fail: () => void };

/** A source whose messages are taken when the test says so. */
async function open(source: SourceSetting, untilState = 'connected') {
  const taken: Taken[] = [];
  const states: string[] = [];
  const acknowledged: string[] = [];
  const linked: boolean[] = [];
  const connection: MqttSource = openMqttSource(source, {
    pipeline: {
      take: (_id, { payload }, key) =>
        new Promise((resolve, reject) => {
          const text = Buffer.from(payload).toString();
          taken.push({ text, key, settle: resolve, fail: () => reject(new Error('not kept')) });
        }),
      hasRoom: () => true,
      linked: (_id, nothingLost) => linked.push(nothingLost),
    },
    clock: systemClock,
    logger: createLogger('silent'),
    onState: (state, problem) => states.push(`${state}${problem ? ` ${problem}` : ''}`),
    onConnected: () => undefined,
    onAcknowledged: (key) => acknowledged.push(key),
  });
  await vi.waitFor(() => expect(states).toContain(untilState), 10_000);
  return { connection, taken, states, acknowledged, linked };
}
const texts = ({ taken }: { taken: Taken[] }) => taken.map(({ text }) => text);

test('a message is acknowledged when it has been taken and not before, in whatever order', async () => {
  const first = await open(setting());
  for (const text of ['a', 'b', 'c']) await network.publishAsync('up/x', text, { qos: 1 });
  await vi.waitFor(() => expect(texts(first)).toEqual(['a', 'b', 'c']));
  first.taken[1]?.settle();
  await vi.waitFor(() => expect(first.acknowledged).toHaveLength(1));
  await first.connection.stop();

  const second = await open(setting());
  expect(second.linked).toEqual([true]);
  await vi.waitFor(() => expect(texts(second).toSorted()).toEqual(['a', 'c']));
  // The same delivery under the same name, so that what was taken already is known again.
  const keyOf = (taken: Taken[], text: string) => taken.find((each) => each.text === text)?.key;
  expect(keyOf(second.taken, 'a')).toBe(keyOf(first.taken, 'a'));
  for (const { settle } of second.taken) settle();
  await vi.waitFor(() => expect(second.acknowledged).toHaveLength(2));
  await second.connection.stop();
  const third = await open(setting());
  await network.publishAsync('up/x', 'd', { qos: 1 });
  await vi.waitFor(() => expect(texts(third)).toEqual(['d']));
  await third.connection.stop();
});

test('one that could not be kept comes again, over a new connection', async () => {
  const source = await open(setting({ id: 'two' }));
  await network.publishAsync('up/x', 'e', { qos: 1 });
  await vi.waitFor(() => expect(texts(source)).toEqual(['e']));
  source.taken[0]?.fail();
  await vi.waitFor(() => expect(texts(source)).toEqual(['e', 'e']), 10_000);
  expect(source.taken[1]?.key).toBe(source.taken[0]?.key);
  await source.connection.stop();
});

test('says why it is not connected, and that a QoS 0 source has lost what was said meanwhile', async () => {
  const refused = await open(setting({ id: 'three', secret: 'wrong' }), 'refused bad_credentials');
  await refused.connection.stop();
  const away = await open(setting({ id: 'four', url: 'mqtt://127.0.0.1:1' }), 'away unreachable');
  await away.connection.stop();
  const zigbee = await open(setting({ id: 'five', format: 'zigbee2mqtt', topics: ['zigbee2mqtt/#'] }));
  await operators.restart();
  await vi.waitFor(() => expect(zigbee.linked).toEqual([false, false]), 10_000);
  await zigbee.connection.stop();
});
