import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSeededRandom } from '../seeded-random.ts';
import { createCtwing } from './ctwing.ts';
import { createJsonHook } from './json-hook.ts';
import { createOnenet } from './onenet.ts';

const SEVEN = 1_795_474_800_000;
let server: Server;
let url: string;
let heard: { body: string; headers: IncomingHttpHeaders }[];
/** What the next pushes are answered with; 200 from then on. */
let answers: number[];
let echo: (query: URLSearchParams) => string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (request.method === 'GET') return response.end(echo(searchParams));
    heard.push({ body: await text(request), headers: request.headers });
    response.writeHead(answers.shift() ?? 200).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
beforeEach(() => {
  [heard, answers] = [[], []];
});
afterAll(() => server.close());

test('CTWing tries three times more with the same bytes, then gives up', async () => {
  const platform = createCtwing({ url });
  const sensor = platform.device({ deviceId: '40edca19b0124480864366de4621de99', imei: '862592051651472' });
  answers = [503, 500];
  await sensor.open(SEVEN);
  expect(platform.pushed).toMatchObject([{ attempts: 3, status: 200 }]);
  expect(new Set(heard.map(({ body }) => body)).size).toBe(1);
  expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({
    ...{ upPacketSN: -1, topic: 'v1/up/ad', timestamp: SEVEN, protocol: 'lwm2m', productId: '15114816' },
    payload: { APPdata: Buffer.from('017564030001040000', 'hex').subarray(0, 6).toString('base64') },
    ...{ messageType: 'dataReport', deviceId: '40edca19b0124480864366de4621de99', IMEI: '862592051651472' },
  });
  answers = [500, 500, 500, 500];
  await sensor.close(SEVEN);
  expect(platform.pushed[1]).toMatchObject({ attempts: 4, status: 500 });
  await platform.device({ deviceId: 'd', imei: 'i' }, 'model').report(SEVEN);
  expect(JSON.parse(heard.at(-1)?.body ?? '').payload).toEqual({
    serviceId: 'door',
    serviceData: { door_state: 0, battery_value: 100 },
  });
});

test('OneNET signs one message or many, and accepts only an address that echoes its word', async () => {
  const platform = createOnenet({ url, token: 'token', random: createSeededRandom(1) });
  echo = (query) => query.get('msg') ?? '';
  expect(await platform.isAddressAccepted()).toBe(true);
  echo = (query) => JSON.stringify(query.get('msg'));
  expect(await platform.isAddressAccepted()).toBe(false);
  const sensor = platform.device(2_016_617);
  await sensor.open(SEVEN);
  await sensor.online(SEVEN, false);
  await sensor.reportAll([SEVEN, SEVEN + 1]);
  const said = heard.map(({ body }) => JSON.parse(body));
  expect(said.map(({ msg }) => msg)).toMatchObject([
    { type: 1, dev_id: 2_016_617, ds_id: 'door_state', at: SEVEN, value: 1 },
    { type: 2, dev_id: 2_016_617, status: 0, at: SEVEN },
    [{ type: 1, at: SEVEN }, { at: SEVEN + 1 }],
  ]);
  for (const { msg, nonce, msg_signature } of said) {
    const expected = createHash('md5')
      .update(`token${nonce}${JSON.stringify(msg)}`)
      .digest('base64');
    expect(msg_signature).toBe(expected);
  }
});

test('a hook of the operator’s own is signed over its bytes', async () => {
  const hook = createJsonHook({
    url,
    secret: 'secret',
  });
  await hook.device('A-17').open(SEVEN);
  const { body, headers } = heard[0] ?? { body: '', headers: {} };
  const signature = createHmac('sha256', 'secret').update(body).digest('hex');
  expect(headers['x-pact-signature']).toBe(`sha256=${signature}`);
  expect(JSON.parse(body)).toEqual({
    id: 'm-1',
    device: { serial: 'A-17' },
    reading: { door: 'open', battery: 100 },
    at: '2026-11-23T23:00:00.000Z',
  });
});
