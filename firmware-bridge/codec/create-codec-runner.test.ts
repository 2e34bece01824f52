import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { NOTHING_READ, Refused } from '#bridge/model.ts';
import type { Refusal } from '#contracts/bridge/formats.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';
import type { CodecSetting } from '#store/bridge/setting.ts';
import { createCodecRunner } from './create-codec-runner.ts';

const DOOR: Mapping = {
  contact: { path: '/door', open: ['open'], closed: ['closed'] },
  battery: { path: '/battery', unit: 'percent' },
};
const codec = (id: string, code: string, mapping = DOOR): CodecSetting => ({
  id,
  code,
  sha256: createHash('sha256').update(code).digest('hex'),
  mapping,
});
const GOOD = codec(
  'good',
  `function decodeUplink(input) {
    return { data: { door: input.bytes[2] === 1 ? 'open' : 'closed', battery: input.fPort } };
  }`,
);
const FRAME = { bytes: Uint8Array.of(3, 0, 1), fPort: 85, receivedAt: Date.UTC(2026, 10, 24, 23, 30) };
const OPEN = { ...NOTHING_READ, contact: 'open', battery: 85 };

const stops: { codecId: string; reason: Refusal }[] = [];
let now = 0;
const runnerWith = (softMs: number, hardMs: number) =>
  createCodecRunner({
    now: () => now,
    onStopped: (codecId, reason) => stops.push({ codecId, reason }),
    limits: { softMs, hardMs },
  });
const runner = runnerWith(60, 100);
/** So that what takes too much is stopped for that, on however slow a machine. */
const patient = runnerWith(1_000, 1_500);
afterAll(() => Promise.all([runner.stop(), patient.stop()]));

const refusalOf = async (code: string, id = 'hostile', by = runner): Promise<Refusal> => {
  const error = await by.run(codec(id, code), FRAME).then(
    (reading) => {
      throw new Error(`It was read: ${JSON.stringify(reading)}`);
    },
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refused)) throw error;
  return error.reason;
};
const dataOf = async (code: string): Promise<unknown> => {
  const trial = await runner.try(code, null, FRAME);
  if (!trial.ok) throw new Error(`${trial.refusal}: ${trial.message}`);
  return trial.data;
};
const decodes = (expression: string) => `function decodeUplink(input) { return { data: ${expression} }; }`;

describe('a codec', () => {
  it('reads a frame by decodeUplink, as The Things Stack and ChirpStack call it', async () => {
    expect(await runner.run(GOOD, FRAME)).toEqual(OPEN);
    const told = decodes('{ bytes: input.bytes, port: input.fPort, at: input.recvTime.toISOString() }');
    expect(await dataOf(told)).toEqual({ bytes: [3, 0, 1], port: 85, at: '2026-11-24T23:30:00.000Z' });
  });

  it('reads a frame by the older Decoder and Decode', async () => {
    expect(await dataOf('function Decoder(bytes, port) { return { sum: bytes.length + port }; }')).toEqual({
      sum: 88,
    });
    expect(
      await dataOf('var Decode = (fPort, bytes, variables) => ({ sum: bytes.length + fPort, variables })'),
    ).toEqual({ sum: 88, variables: {} });
    expect(await dataOf('const decodeUplink = () => ({ data: { door: "open" }, warnings: ["x"] })')).toEqual({
      door: 'open',
    });
  });

  it('is found among its exports too, and may talk to itself', async () => {
    expect(
      await dataOf('exports.decodeUplink = (input) => { console.log(input); return { data: { ok: 1 } }; };'),
    ).toEqual({ ok: 1 });
    expect(await dataOf('const Decoder = () => ({ ok: 2 }); module.exports = { Decoder };')).toEqual({
      ok: 2,
    });
    expect(await dataOf('let module, exports, console; var Decode = () => ({ ok: 3 });')).toEqual({ ok: 3 });
  });

  it('is told the moment of the arrival, in UTC, wherever the server stands', async () => {
    const told = decodes(
      '{ now: Date.now(), zone: new Date().getTimezoneOffset(), hour: new Date().getHours() }',
    );
    expect(await dataOf(told)).toEqual({ now: FRAME.receivedAt, zone: 0, hour: 23 });
  });

  it('may find an error in a frame, which is told', async () => {
    expect(
      await runner.try('function decodeUplink() { return { errors: ["bad sum"] } }', DOOR, FRAME),
    ).toEqual({ ok: false, refusal: 'codec_failed', message: 'bad sum' });
  });

  it('is told from another by its line where it fails', async () => {
    const tried = (code: string) => runner.try(code, null, FRAME);
    expect(await tried('\nfunction decodeUplink(input) {\n  return input.none.here;\n}')).toMatchObject({
      refusal: 'codec_failed',
      message: expect.stringMatching(/^TypeError: .*\(codec\.js:3\)$/),
    });
    expect(await tried('function decodeUplink( {')).toMatchObject({
      refusal: 'codec_failed',
      message: expect.stringContaining('SyntaxError'),
    });
    expect(await tried('function decode() {}')).toMatchObject({
      refusal: 'codec_failed',
      message: expect.stringContaining('decodeUplink, Decoder, Decode'),
    });
    expect(await tried('function decodeUplink() { throw "no" }')).toMatchObject({ message: 'no' });
  });

  it('is refused where its code is not the one that was saved', async () => {
    const changed = { ...GOOD, code: `${GOOD.code}\n` };
    await expect(runner.run(changed, FRAME)).rejects.toEqual(new Refused('codec_missing'));
  });

  it('shows its data, and what we make of it', async () => {
    expect(await runner.try(GOOD.code, DOOR, FRAME)).toEqual({
      ok: true,
      data: { door: 'open', battery: 85 },
      reading: OPEN,
      refusal: null,
    });
    const elsewhere: Mapping = { contact: { path: '/window', open: [1], closed: [0] } };
    expect(await runner.try(GOOD.code, elsewhere, FRAME)).toMatchObject({
      ok: true,
      reading: null,
      refusal: 'nothing_mapped',
    });
  });
});

/** After each of them a good codec still answers. */
const HOSTILE: readonly [name: string, code: string, refusal: Refusal][] = [
  ['an endless loop', decodes('(() => { while (true) {} })()'), 'codec_too_slow'],
  ['an endless loop at the top level', 'while (true) {}', 'codec_too_slow'],
  [
    'an endless loop that catches what stops it',
    'for (;;) { try { for (;;) {} } catch { } finally { for (;;) {} } }',
    'codec_too_slow',
  ],
  ['a catastrophic pattern', decodes('/^(a+)+$/.test("a".repeat(40) + "b")'), 'codec_too_slow'],
  [
    'an engine function that hears of no interruption',
    'const s = "a".repeat(4e6); for (;;) s.indexOf("b");',
    'codec_too_slow',
  ],
  [
    'a memory bomb',
    decodes('(() => { const all = []; for (;;) all.push(new Uint8Array(1e6)); })()'),
    'codec_too_big',
  ],
  ['a huge buffer', decodes('new Uint8Array(2 ** 30)'), 'codec_too_big'],
  ['a huge string', decodes('"x".repeat(2 ** 29)'), 'codec_too_big'],
  ['a string that doubles', 'let s = "x"; for (;;) s += s;', 'codec_too_big'],
  ['deep recursion', decodes('(function f() { return f() + 1; })()'), 'codec_too_big'],
  ['deep recursion of the engine’s own parser', decodes('JSON.parse("[".repeat(2e4))'), 'codec_too_big'],
  ['deep recursion in the code itself', `eval("(".repeat(2e4))`, 'codec_too_big'],
  [
    'deep output',
    decodes('(() => { let d = {}; for (let i = 0; i < 50; i += 1) d = { d }; return d; })()'),
    'codec_output_unusable',
  ],
  ['huge output', decodes('{ all: new Array(20000).fill(7) }'), 'codec_too_big'],
  [
    'a promise that never ends',
    'async function decodeUplink() { await new Promise(() => {}); }',
    'codec_output_unusable',
  ],
  [
    'a thenable',
    'function decodeUplink() { return { then(told) { for (;;) told(); } }; }',
    'codec_output_unusable',
  ],
  ['a getter that never ends', decodes('{ get door() { for (;;) {} } }'), 'codec_too_slow'],
  ['a getter that throws', decodes('{ get door() { throw new Error("no"); } }'), 'codec_output_unusable'],
  ['a toJSON that never ends', decodes('{ toJSON() { for (;;) {} } }'), 'codec_too_slow'],
  ['a toJSON that lies', `Object.prototype.toJSON = () => "lie"; ${decodes('{}')}`, 'codec_output_unusable'],
  ['a proxy without an end', decodes('new Proxy({}, { ownKeys: () => { for (;;) {} } })'), 'codec_too_slow'],
  ['a symbol', decodes('Symbol("door")'), 'codec_output_unusable'],
  ['a big integer', decodes('{ door: 1n }'), 'codec_output_unusable'],
  ['output in a circle', decodes('(() => { const a = {}; a.a = a; return a; })()'), 'codec_output_unusable'],
  ['no output', decodes('undefined'), 'codec_output_unusable'],
  ['output that is a list', decodes('[1]'), 'codec_output_unusable'],
  [
    'an error that is hostile itself',
    'throw { get name() { for (;;) {} }, toString() { for (;;) {} } }',
    'codec_too_slow',
  ],
  ['an error that breaks who tells of it', 'throw { get message() { throw 1; } }', 'codec_failed'],
  [
    'a way out by constructors',
    decodes('({ p: this.constructor.constructor("return process")() })'),
    'codec_failed',
  ],
];

describe('a hostile codec', () => {
  it.each(HOSTILE)('is refused for %s, and a good one answers after it', async (name, code, refusal) => {
    const by = refusal === 'codec_too_slow' ? runner : patient;
    const hostile = refusalOf(code, name, by);
    const waits = by.run(GOOD, FRAME);
    expect(await hostile).toBe(refusal);
    expect(await waits).toEqual(OPEN);
    expect(stops.filter(({ codecId }) => codecId === name)).toEqual(
      ['codec_too_slow', 'codec_too_big'].includes(refusal) ? [{ codecId: name, reason: refusal }] : [],
    );
  });

  it('finds nothing outside its own machine', async () => {
    const seen = decodes(`{
      names: ['process', 'require', 'fetch', 'setTimeout', 'WebAssembly', 'std', 'os']
        .filter((name) => name in globalThis || new Function('return typeof ' + name)() !== 'undefined'),
      own: this.constructor.constructor('return Object.keys(globalThis)')(),
    }`);
    expect(await dataOf(seen)).toEqual({ names: [], own: ['console', 'module', 'exports', 'decodeUplink'] });
  });

  it('imports nothing', async () => {
    expect(await refusalOf('import "node:fs"; function decodeUplink() {}')).toBe('codec_failed');
    expect(await refusalOf(decodes('import("node:fs")'))).toBe('nothing_mapped');
  });

  it('changes no builtin for the next one, and none for us', async () => {
    const vandal = `
      Object.prototype.door = 'open'; Array.prototype.map = JSON.parse = Date = undefined;
      JSON.stringify = () => '{"uplink":{"data":{"door":"open"}}}';
      String.prototype.slice = () => { throw 1 };
      globalThis.left = 1;
      ${decodes('{ vandal: true }')}`;
    expect(await dataOf(vandal)).toEqual({ vandal: true });
    expect(
      await dataOf(
        decodes('{ left: typeof left, door: typeof ({}).door, map: typeof [].map, date: typeof Date }'),
      ),
    ).toEqual({ left: 'undefined', door: 'undefined', map: 'function', date: 'function' });
    expect(({} as { door?: unknown }).door).toBeUndefined();
    await expect(runner.run(codec('vandal', vandal), FRAME)).rejects.toEqual(new Refused('nothing_mapped'));
  });

  it('sets no prototype by its output', async () => {
    const proto = codec(
      'proto',
      `function Decoder() { return JSON.parse('{"__proto__":{"door":"open"},"battery":9}'); }`,
    );
    expect(await runner.run(proto, FRAME)).toEqual({ ...NOTHING_READ, battery: 9 });
    expect(({} as { door?: unknown }).door).toBeUndefined();
  });

  it('makes nothing of what JSON does not know', async () => {
    expect(await dataOf(decodes('{ a: NaN, b: Infinity, c: undefined, d: () => 1, e: Symbol() }'))).toEqual({
      a: null,
      b: null,
    });
  });

  it('rests for a minute once it was stopped five times within one, and costs nobody anything then', async () => {
    stops.length = 0;
    const bomb = decodes('new Uint8Array(2 ** 30)');
    const bombed = () => refusalOf(bomb, 'bomb', patient);
    const burst = Array.from({ length: 8 }, bombed);
    expect(await Promise.all(burst)).toEqual(new Array(8).fill('codec_too_big'));
    expect(stops).toHaveLength(5);
    expect(await patient.run(GOOD, FRAME)).toEqual(OPEN);
    now += 59_999;
    await bombed();
    expect(stops).toHaveLength(5);
    now += 1;
    await bombed();
    expect(stops).toHaveLength(6);
  });

  it('keeps no other waiting by a flood of frames', async () => {
    const order: string[] = [];
    const flood = codec('flood', `${GOOD.code} // flood`);
    const read = (of: CodecSetting) => runner.run(of, FRAME).then(() => order.push(of.id));
    await Promise.all([...Array.from({ length: 6 }, () => read(flood)), read(GOOD), read(GOOD)]);
    expect(order.slice(0, 4)).toEqual(['flood', 'good', 'flood', 'good']);
  });

  it('leaves nobody waiting when the codecs are stopped', async () => {
    const other = createCodecRunner({ now: () => now, onStopped: () => undefined });
    const waits = [other.run(GOOD, FRAME), other.run(GOOD, FRAME)];
    const told = Promise.allSettled(waits);
    await other.stop();
    for (const { status } of await told) expect(status).toBe('rejected');
    await expect(other.run(GOOD, FRAME)).rejects.toThrow('The codecs have been stopped.');
  });
});
