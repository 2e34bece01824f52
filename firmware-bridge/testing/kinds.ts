import type { DeviceFormat, SourceFormat } from '#contracts/bridge/formats.ts';
import { encodeTbdw100 } from '#sim/networks/encode/browan.ts';
import { encodeLds02, encodeLds03a, encodeLds03aLog } from '#sim/networks/encode/dragino.ts';
import type { DeviceFrame } from '#sim/networks/encode/frame.ts';
import { encodeEm300Mcs, encodeEm300McsHistory, encodeWs301 } from '#sim/networks/encode/milesight.ts';
import type { Said } from './listener.ts';

type Does = 'open' | 'close' | 'report' | 'battery';

/** A device and its gateway, with their habits. */
export type Speaker = {
  /** What comes of it; what is not heard is said all the same. */
  say(does: Does, at: number, fate: string): Said[];
  gatewayRestarts(at: number): Said[];
  /** What the gateway knows lies on its disk from now on. */
  cacheIsSaved(): void;
  /** A new battery. */
  restarts(at: number): void;
  goesAway(): Said[];
  /** What a broker hands out to who connects. */
  kept(): Said[];
};

export type Kind = {
  source: Exclude<SourceFormat, 'json_hook'>;
  format: DeviceFormat;
  /** A message that comes late and again is known again. */
  knowsAgain: boolean;
  batteryTellsContact: boolean;
  remembers: boolean;
  /** A counter shows what was lost, so that nothing is dated later than it was. */
  showsLosses: boolean;
  create(): Speaker;
};

const nothing = () => [];
const asTold = (source: Kind['source'], create: () => Speaker, more: Partial<Kind> = {}): Kind => ({
  ...{
    source,
    format: 'as_told',
    knowsAgain: false,
    batteryTellsContact: true,
    remembers: false,
    showsLosses: false,
    create,
  },
  ...more,
});

const zigbee2mqtt = (): Speaker => {
  let isOpen = false;
  let cache = { contact: true, battery: 100 };
  let saved = cache;
  let told: Said[] = [];
  const publish = (): Said[] => {
    told = [{ topic: 'zigbee2mqtt/curtain', payload: JSON.stringify(cache) }];
    return told;
  };
  return {
    say(does, at, fate) {
      // Half of what is lost is lost before the gateway has it.
      const reachesGateway = fate !== 'lost' || at % 120_000 !== 0;
      if (does === 'open' || does === 'close') isOpen = does === 'open';
      if (!reachesGateway) return [];
      if (does === 'battery') cache = { ...cache, battery: (at / 60_000) % 100 };
      else cache = { ...cache, contact: !isOpen };
      return publish();
    },
    gatewayRestarts() {
      cache = saved;
      return [{ topic: 'zigbee2mqtt/bridge/state', payload: '{"state":"online"}' }, ...publish()];
    },
    cacheIsSaved() {
      saved = cache;
    },
    restarts: () => undefined,
    goesAway: () => [{ topic: 'zigbee2mqtt/curtain/availability', payload: '{"state":"offline"}' }],
    kept: () => told.map((message) => ({ ...message, retained: true })),
  };
};

/** One that says itself how it stands, with what it says and whether its broker keeps it. */
const plain =
  (messagesOf: (isOpen: boolean, at: number, n: number) => Said[], away: Said[], isKept = false) =>
  (): Speaker => {
    let isOpen = false;
    let n = 0;
    let told: Said[] = [];
    const tell = (at: number): Said[] => {
      n += 1;
      told = messagesOf(isOpen, at, n);
      return told;
    };
    return {
      say(does, at) {
        if (does === 'open' || does === 'close') isOpen = does === 'open';
        return tell(at);
      },
      gatewayRestarts: nothing,
      cacheIsSaved: () => undefined,
      restarts: () => undefined,
      goesAway: () => away,
      kept: () => (isKept ? told.map((message) => ({ ...message, retained: true })) : []),
    };
  };

/** By so much their own clocks are behind. */
const SLOW_MS = 30_000;

type Standing = {
  isOpen: boolean;
  openings: number;
  events: number;
  movedAt: number;
  at: number;
};
type Frames = { live(standing: Standing): DeviceFrame; history?(kept: readonly Standing[]): DeviceFrame };

const lorawan =
  (wrap: (frame: DeviceFrame, counter: number, session: number, at: number) => Said, frames: Frames) =>
  (): Speaker => {
    let standing: Standing = { isOpen: false, openings: 0, events: 0, movedAt: 0, at: 0 };
    let [counter, session] = [-1, 0];
    let unheard: Standing[] = [];
    const send = (frame: DeviceFrame, at: number): Said => {
      counter += 1;
      return wrap(frame, counter, session, at);
    };
    return {
      say(does, at, fate) {
        const moves = (does === 'open') !== standing.isOpen && (does === 'open' || does === 'close');
        standing = { ...standing, at: at - SLOW_MS };
        if (moves) {
          const isOpen = does === 'open';
          const { openings, events } = standing;
          standing = {
            ...standing,
            isOpen,
            openings: openings + (isOpen ? 1 : 0),
            events: events + 1,
            movedAt: at - SLOW_MS,
          };
        }
        if (fate === 'lost') {
          unheard.push(standing);
          return [send(frames.live(standing), at)];
        }
        // Without an answer it takes what was heard for lost; it tells all that at its next periodic word.
        const isPeriodic = does === 'report';
        const kept = isPeriodic ? unheard : [];
        if (isPeriodic) unheard = [];
        if (fate === 'unacknowledged') unheard.push(standing);
        const history = frames.history && kept.length > 0 ? [send(frames.history(kept), at)] : [];
        return [...history, send(frames.live(standing), at)];
      },
      gatewayRestarts: nothing,
      cacheIsSaved: () => undefined,
      restarts(at) {
        standing = { ...standing, openings: 0, events: 0, movedAt: at - SLOW_MS };
        [counter, session, unheard] = [-1, session + 1, []];
      },
      goesAway: nothing,
      kept: nothing,
    };
  };

const EUI = '24E124141A2B3C4D';
const chirpstack = (frame: DeviceFrame, counter: number, session: number, at: number): Said => ({
  topic: `application/1/device/${EUI}/event/up`,
  payload: JSON.stringify({
    ...{ deduplicationId: `${session}-${counter}`, time: new Date(at).toISOString(), fPort: frame.fPort },
    ...{ deviceInfo: { devEui: EUI }, data: frame.bytes.toString('base64') },
    ...(counter === 0 ? {} : { fCnt: counter }),
  }),
});
const thingsStack = (frame: DeviceFrame, counter: number, session: number, at: number): Said => ({
  topic: 'v3/app/devices/curtain/up',
  payload: JSON.stringify({
    end_device_ids: { device_id: 'curtain', dev_eui: EUI },
    uplink_message: {
      ...{ session_key_id: `s${session}`, f_port: frame.fPort, frm_payload: frame.bytes.toString('base64') },
      ...{ received_at: new Date(at).toISOString(), ...(counter === 0 ? {} : { f_cnt: counter }) },
    },
  }),
});
const framed = (source: 'chirpstack' | 'things_stack', format: DeviceFormat, frames: Frames): Kind => ({
  ...{
    source,
    format,
    knowsAgain: true,
    batteryTellsContact: true,
    remembers: frames.history !== undefined,
    showsLosses: true,
  },
  create: lorawan(source === 'chirpstack' ? chirpstack : thingsStack, frames),
});

const ROOM = { celsius: 20, humidity: 40 };
const minutes = ({ at, movedAt }: Standing) => Math.min(Math.floor((at - movedAt) / 60_000), 0xffff);
const counted = (standing: Standing) => ({ ...standing, volts: 3, lastOpenMinutes: 1 });

export const KINDS: Record<string, Kind> = {
  'Zigbee2MQTT, with a cache that may be old and a broker that keeps': asTold('zigbee2mqtt', zigbee2mqtt, {
    batteryTellsContact: false,
  }),
  OpenMQTTGateway: asTold(
    'openmqttgateway',
    plain(
      (open) => [
        {
          topic: 'home/omg/BTtoMQTT/AABBCCDDEEFF',
          payload: JSON.stringify({ model_id: 'BSDOO', cont: true, open }),
        },
      ],
      [],
    ),
  ),
  'ESPHome, kept by its broker': asTold(
    'esphome',
    plain(
      (open) => [{ topic: 'node/binary_sensor/curtain/state', payload: open ? 'ON' : 'OFF' }],
      [{ topic: 'node/status', payload: 'offline' }],
      true,
    ),
  ),
  Shelly: asTold(
    'shelly',
    plain(
      (value, at) => [
        {
          topic: 'shelly/events/rpc',
          payload: JSON.stringify({
            method: 'NotifyStatus',
            params: { ts: at / 1_000, 'bthomesensor:200': { id: 200, value } },
          }),
        },
      ],
      [{ topic: 'shelly/online', payload: 'false' }],
    ),
    { knowsAgain: true },
  ),
  'Tasmota’s Zigbee bridge': asTold(
    'tasmota',
    plain(
      (open) => [
        {
          topic: 'tele/zb/SENSOR',
          payload: JSON.stringify({ ZbReceived: { '0x66': { Name: 'door', Contact: open ? 1 : 0 } } }),
        },
      ],
      [{ topic: 'tele/zb/LWT', payload: 'Offline' }],
    ),
  ),
  'ChirpStack, WS301': framed('chirpstack', 'milesight_ws301', { live: encodeWs301 }),
  'ChirpStack, TBDW100': framed('chirpstack', 'browan_tbdw100', {
    live: (standing) => encodeTbdw100({ ...counted(standing), celsius: 20, minutesSince: minutes(standing) }),
  }),
  'ChirpStack, EM300-MCS': framed('chirpstack', 'milesight_em300_mcs', {
    live: encodeEm300Mcs,
    history: (kept) => encodeEm300McsHistory(kept.map(({ at, isOpen }) => ({ at, isOpen, ...ROOM }))),
  }),
  'The Things Stack, LDS02': framed('things_stack', 'dragino_lds02', {
    live: (one) => encodeLds02(counted(one)),
  }),
  'The Things Stack, LDS03A': framed('things_stack', 'dragino_lds03a', {
    live: (one) => encodeLds03a(counted(one)),
    history: (kept) => encodeLds03aLog(kept.map(counted)),
  }),
};
