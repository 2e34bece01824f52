import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MESSAGE_TYPES, parseSensorMessage, parseStatus } from '#contracts/mqtt/sensor-message.ts';
import { isOwnFilter, isSensorId, parseTopic } from '#contracts/mqtt/topics.ts';
import { printf } from './testing/printf.ts';
import { type Json, readConfiguration, type Secret, valuesOf } from './testing/read-configuration.ts';

const FOLDER = fileURLToPath(new URL('../../docs/reference-sensor/', import.meta.url));
const common = readConfiguration(FOLDER, 'common.yaml') as {
  substitutions: Record<string, string>;
  mqtt: Record<string, Json>;
  wifi: Record<string, Json>;
  script: { id: string; then: Json[] }[];
};
const SENSORS = ['reed-contact.yaml', 'tof-position.yaml'] as const;
const lambdas = (valuesOf(common, 'lambda') as string[]).join('\n');

/** With the substitutions of the file in its places, as ESPHome does it before anything else. */
const filledIn = (text: string, more: Record<string, string> = {}): string =>
  text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = more[name] ?? common.substitutions[name];
    if (value === undefined) throw new Error(`nothing stands for ${name}`);
    return filledIn(value, more);
  });
const [message, timeField, positionField] = ['message', 'time_field', 'position_field'].map((name) =>
  filledIn(common.substitutions[name] ?? ''),
) as [string, string, string];

/** The bounds between which the configuration's own code holds a value before it writes it. */
function boundsOf(value: string): { min: number; max: number } {
  const escaped = value.replaceAll(/[()]/g, '\\$&');
  const bounds = new RegExp(`clamp\\(${escaped}, (-?[\\d.]+)f?, (-?[\\d.]+)f?\\)`).exec(lambdas);
  if (!bounds) throw new Error(`nothing bounds ${value}`);
  return { min: Number(bounds[1]), max: Number(bounds[2]) };
}
const sizeOf = (buffer: string): number =>
  Number(new RegExp(`\\b${buffer}\\[(\\d+)\\]`).exec(lambdas.slice(lambdas.indexOf('TYPES[]')))?.[1]);
const types = [...(/TYPES\[\] = \{([^}]*)\}/.exec(lambdas)?.[1] ?? '').matchAll(/"(\w+)"/g)].map(
  ([, type]) => type as string,
);

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const values = fc.record({
  type: fc.constantFrom(...types),
  at: fc.option(uint32.filter((seconds) => seconds > 0)),
  seq: uint32,
  position: fc.option(fc.integer(boundsOf('position'))),
  battery: fc.integer(boundsOf('id(battery_percent)')),
  rssi: fc.integer(boundsOf('rssi')),
});

describe('what the reference sensor says', () => {
  test('has a name for each type that the contract knows and that it can see', () => {
    expect(types).toEqual(['closed', 'opened', 'heartbeat', 'position']);
    expect(MESSAGE_TYPES).toEqual(expect.arrayContaining(types));
  });

  test('satisfies the contract whatever the values are, and fits into its buffers', () => {
    fc.assert(
      fc.property(values, ({ type, at, seq, position, battery, rssi }) => {
        // The one type that says nothing without a position is only ever noted with one.
        fc.pre(type !== 'position' || position !== null);
        const [time, place] = [
          at === null ? '' : printf(timeField, at),
          position === null ? '' : printf(positionField, position),
        ];
        const text = printf(message, type, time, place, seq, battery, rssi);
        expect(parseSensorMessage(Buffer.from(text))).toEqual({
          ok: true,
          message: {
            ...{ type, seq, position, battery, rssi, firmware: common.substitutions.firmware },
            at: at === null ? null : at * 1_000,
          },
        });
        // C ends a text with a zero.
        expect(time.length).toBeLessThan(sizeOf('at'));
        expect(place.length).toBeLessThan(sizeOf('position'));
        expect(text.length).toBeLessThan(sizeOf('text'));
      }),
      { numRuns: 1_000 },
    );
  });

  test('is built of the three formats alone, each in one place', () => {
    for (const name of ['message', 'time_field', 'position_field']) {
      expect(lambdas.split(`R"(\${${name}})"`)).toHaveLength(2);
    }
    expect(lambdas.match(/snprintf/g)).toHaveLength(3);
    expect(
      valuesOf(common, 'payload').concat(...SENSORS.map((file) => valuesOf(own(file), 'payload'))),
    ).toEqual(['online', 'offline', 'return id(outgoing);']);
  });

  test('a position is noted with its percentage', () => {
    const notes = SENSORS.flatMap((file) => [
      ...JSON.stringify(own(file)).matchAll(/id\(note\)\.execute\(3, (\w+)\)/g),
    ]);
    expect(notes.map(([, position]) => position)).toEqual(['position']);
    const scripted = SENSORS.flatMap((file) => valuesOf(own(file), 'script.execute')).filter(
      (call): call is { [key: string]: Json } => typeof call === 'object' && call !== null && 'type' in call,
    );
    expect(scripted.map(({ type }) => type)).not.toContain(3);
  });
});

describe('where the reference sensor says it', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/).filter(isSensorId);
  const topics = valuesOf(common, 'topic') as string[];

  test('is under its own topics, whatever its id', () => {
    fc.assert(
      fc.property(id, (sensorId) => {
        const named = topics.map((topic) => filledIn(topic, { sensor_id: sensorId }));
        for (const topic of named) expect(parseTopic(topic)?.sensorId).toBe(sensorId);
        expect(named.map((topic) => parseTopic(topic)?.kind)).toEqual(['status', 'status', 'event', 'event']);
        const listens = valuesOf(common.mqtt.on_json_message, 'topic') as string[];
        for (const filter of listens) {
          expect(isOwnFilter(sensorId, filledIn(filter, { sensor_id: sensorId }))).toBe(true);
        }
      }),
    );
    // Nothing of ESPHome's own: the broker closes the connection of a sensor that speaks elsewhere.
    expect(common.mqtt).toMatchObject({
      ...{ topic_prefix: null, log_topic: null, discovery: false, discover_ip: false },
      shutdown_message: null,
    });
    for (const { birth_message, will_message } of [common.mqtt]) {
      for (const said of [birth_message, will_message]) {
        const [payload] = valuesOf(said as Json, 'payload');
        expect(parseStatus(Buffer.from(payload as string)).ok).toBe(true);
      }
    }
  });

  test('and with QoS 1, never retained, over TLS that checks the certificate', () => {
    expect(valuesOf(common, 'qos')).toEqual([1, 1, 1, 1]);
    expect(valuesOf(common, 'retain')).toEqual([false, false, false]);
    expect(common.mqtt).toMatchObject({ port: 8_883, certificate_authority: { secret: 'pact_ca' } });
    expect(common.mqtt).not.toHaveProperty('skip_cert_cn_check');
  });

  test('and with credentials that stand in no file that is shared', () => {
    const { broker, username, password } = common.mqtt;
    expect([broker, username, password, common.substitutions.sensor_id]).toEqual(
      ['pact_host', 'pact_sensor_id', 'pact_sensor_secret', 'pact_sensor_id'].map((secret) => ({ secret })),
    );
    const used = new Set<string>();
    for (const json of [common as Json, ...SENSORS.map(own)]) {
      for (const secret of valuesOf(json, 'secret')) used.add(secret as Secret['secret']);
      for (const key of ['password', 'ssid', 'username', 'certificate_authority']) {
        for (const value of valuesOf(json, key)) expect(value).toEqual({ secret: expect.any(String) });
      }
    }
    expect([...used].sort()).toEqual(Object.keys(readConfiguration(FOLDER, 'secrets.example.yaml')).sort());
  });

  test('and sleeps only once the broker has handed its event back, or when it cannot be reached', () => {
    const send = common.script.find((script) => script.id === 'send_and_sleep');
    const text = JSON.stringify(send);
    const steps = [
      'mqtt.publish',
      'wait_until',
      'id(acknowledged) == id(pending_seq)[0]',
      'forget_first',
      'gave_up',
    ];
    const from = text.indexOf('"mqtt.publish"');
    const places = steps.map((step) => text.indexOf(step, from));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(text.trimEnd().endsWith('{"script.execute":"fall_asleep"}]}')).toBe(true);
  });
});

/** What a sensor adds to what both share. */
function own(file: (typeof SENSORS)[number]): Json {
  const { packages, ...rest } = readConfiguration(FOLDER, file);
  expect(packages).toEqual({ common });
  return rest;
}
