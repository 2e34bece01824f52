/** How a source's messages come in: a broker of the operator's, an HTTP push, or devices at our own broker. */
export const SOURCE_KINDS = ['mqtt', 'push', 'broker'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What a source cannot do, and therefore cannot be trusted with; shown on its card. */
export const SHORTCOMINGS = [
  /** What is sent while we are away is lost. */
  'keeps_nothing',
  /** Its messages do not say when they were made. */
  'tells_no_time',
  /** Messages may be lost on the way without a trace. */
  'qos_0',
  /** It repeats what it knows as if it were new. */
  'repeats_state',
] as const;
export type Shortcoming = (typeof SHORTCOMINGS)[number];

type SourceTraits = {
  kind: SourceKind;
  /** The filters that are subscribed to where the operator names none. */
  topics: readonly string[];
  lacks: readonly Shortcoming[];
};

/**
 * What networks and gateways speak. `maker_at_broker` are devices of Tasmota, Shelly and ESPHome that are told to use
 * `pact/v1/{sensorId}` as their prefix and sign in to our own broker.
 */
export const SOURCE_FORMATS = {
  chirpstack: {
    kind: 'mqtt',
    topics: ['application/+/device/+/event/+'],
    lacks: [],
  },
  things_stack: { kind: 'mqtt', topics: ['v3/+/devices/+/up'], lacks: ['keeps_nothing', 'qos_0'] },
  zigbee2mqtt: {
    kind: 'mqtt',
    topics: ['zigbee2mqtt/#', 'homeassistant/#'],
    lacks: ['keeps_nothing', 'tells_no_time', 'qos_0', 'repeats_state'],
  },
  tasmota: {
    kind: 'mqtt',
    topics: ['tele/#', 'stat/#', 'tasmota/discovery/#'],
    lacks: ['keeps_nothing', 'tells_no_time', 'qos_0', 'repeats_state'],
  },
  shelly: { kind: 'mqtt', topics: ['+/online', '+/events/rpc'], lacks: ['keeps_nothing'] },
  esphome: {
    kind: 'mqtt',
    topics: [
      '+/status',
      '+/binary_sensor/+/state',
      '+/cover/+/+/state',
      '+/cover/+/state',
      'homeassistant/#',
    ],
    lacks: ['keeps_nothing', 'tells_no_time', 'qos_0', 'repeats_state'],
  },
  openmqttgateway: {
    kind: 'mqtt',
    topics: ['home/+/BTtoMQTT/+', 'home/+/LWT', 'homeassistant/#'],
    lacks: ['keeps_nothing', 'tells_no_time', 'qos_0', 'repeats_state'],
  },
  ctwing: { kind: 'push', topics: [], lacks: [] },
  onenet: { kind: 'push', topics: [], lacks: [] },
  json_hook: { kind: 'push', topics: [], lacks: [] },
  maker_at_broker: { kind: 'broker', topics: [], lacks: ['tells_no_time', 'repeats_state'] },
} as const satisfies Record<string, SourceTraits>;

export type SourceFormat = keyof typeof SOURCE_FORMATS;
export const SOURCE_FORMAT_NAMES = Object.keys(SOURCE_FORMATS) as SourceFormat[];

/**
 * What a device's own bytes mean. `as_told` needs no decoder: the source's own JSON says what the device saw.
 * `codec` is an operator's own JavaScript.
 */
export const DEVICE_FORMATS = [
  'as_told',
  'codec',
  'milesight_ws301',
  'milesight_em300_mcs',
  'dragino_lds01',
  'dragino_lds02',
  'dragino_lds03a',
  'browan_tbdw100',
  'merryiot_dw10',
  'netvox_r311a',
  'netvox_r718f',
  'radio_bridge_rbs301_dws',
  'elsys',
  'sensative_strips',
  'bthome_v2',
] as const;
export type DeviceFormat = (typeof DEVICE_FORMATS)[number];

/** Formats whose documents do not say which value means open: unknown until the installation test (invariant 5). */
export const UNTOLD_POLARITY: readonly DeviceFormat[] = ['netvox_r311a', 'netvox_r718f', 'elsys'];

/** Sources whose own words do not say it either: what ON of a switch of Tasmota's means is a setting of the device. */
export const UNTOLD_SOURCES: readonly SourceFormat[] = ['tasmota', 'maker_at_broker'];

/** Why a message of a source, or a frame of a device, was not taken. Stable: they stand on cards and in metrics. */
export const REFUSALS = [
  'too_short',
  'too_long',
  'too_large',
  'wrong_port',
  'wrong_version',
  'unknown_field',
  'bad_value',
  'bad_checksum',
  'encrypted',
  'not_utf8',
  'not_json',
  'too_deep',
  'not_an_object',
  'field_missing',
  'simulated',
  'clock_unset',
  'not_for_us',
  'no_format',
  'codec_missing',
  'codec_failed',
  'codec_too_slow',
  'codec_too_big',
  'codec_output_unusable',
  'nothing_mapped',
] as const;
export type Refusal = (typeof REFUSALS)[number];
