import type { SourceFormat } from '#contracts/bridge/formats.ts';
import type { SourceReader } from '../model.ts';
import { chirpstack } from './chirpstack.ts';
import { ctwing } from './ctwing.ts';
import { esphome } from './esphome.ts';
import { makerAtBroker } from './maker-at-broker.ts';
import { onenet } from './onenet.ts';
import { openmqttgateway } from './openmqttgateway.ts';
import { shelly } from './shelly.ts';
import { tasmota } from './tasmota.ts';
import { thingsStack } from './things-stack.ts';
import { zigbee2mqtt } from './zigbee2mqtt.ts';

/** Every format but the one whose rules the operator writes (`jsonHook`). */
export const READERS: Record<Exclude<SourceFormat, 'json_hook'>, SourceReader> = {
  chirpstack,
  things_stack: thingsStack,
  zigbee2mqtt,
  tasmota,
  shelly,
  esphome,
  openmqttgateway,
  ctwing,
  onenet,
  maker_at_broker: makerAtBroker,
};
