import type { DeviceFormat, SourceFormat } from '#contracts/bridge/formats.ts';

/** For classes that speak once a day and can do no better; before such a home's deadline the sensor check tells. */
const DAILY = 1_500;
/** For what speaks every half an hour or more often. */
const HALF_HOURLY = 90;

/** By how often makers let their devices speak while nothing happens; two beats may be lost. Minutes. */
const OF_DEVICE: Partial<Record<DeviceFormat, number>> = {
  // Every 10 minutes.
  milesight_em300_mcs: HALF_HOURLY,
  elsys: HALF_HOURLY,
  // Every hour.
  netvox_r311a: 190,
  netvox_r718f: 190,
  // Every 2 hours.
  dragino_lds03a: 370,
  // Once a day, or every 18 hours (WS301).
  milesight_ws301: DAILY,
  dragino_lds01: DAILY,
  dragino_lds02: DAILY,
  browan_tbdw100: DAILY,
  merryiot_dw10: DAILY,
  radio_bridge_rbs301_dws: DAILY,
  sensative_strips: DAILY,
  bthome_v2: DAILY,
};

/** Where the device does not say it, by how it comes to us. Minutes. */
const OF_SOURCE: Record<SourceFormat, number> = {
  // The operator sets how often a LoRaWAN device beats; where it beats less, that shows on the first day.
  chirpstack: HALF_HOURLY,
  things_stack: HALF_HOURLY,
  // Battery contacts sleep; their gateway itself gives them up after 25 hours.
  zigbee2mqtt: DAILY,
  // What hangs at its Zigbee bridge sleeps too.
  tasmota: DAILY,
  // BLU contacts, and nodes that speak when something changes.
  shelly: DAILY,
  esphome: DAILY,
  openmqttgateway: DAILY,
  // NB-IoT contacts spare their battery: once a day.
  ctwing: DAILY,
  onenet: DAILY,
  // Whoever built the hook knows how often it calls; nobody here does.
  json_hook: DAILY,
  maker_at_broker: DAILY,
};

/** After how many minutes of silence a bridged sensor's curtain is unknown. */
export const silenceMinutesOf = (source: SourceFormat, device: DeviceFormat): number =>
  OF_DEVICE[device] ?? OF_SOURCE[source];
