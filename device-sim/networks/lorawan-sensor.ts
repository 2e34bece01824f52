import { encodeTbdw100 } from './encode/browan.ts';
import { encodeLds02, encodeLds03a, encodeLds03aLog, type Lds03aSays } from './encode/dragino.ts';
import { type DeviceFrame, truncated } from './encode/frame.ts';
import { encodeDw10 } from './encode/merryiot.ts';
import {
  encodeEm300Mcs,
  encodeEm300McsHistory,
  encodeWs301,
  type StoredReading,
} from './encode/milesight.ts';
import { encodeR311a } from './encode/netvox.ts';
import type { VirtualDevice } from './virtual-gateway.ts';

/** How the sensor stands. It counts since it was last started. */
type Standing = {
  isOpen: boolean;
  battery: number;
  openings: number;
  events: number;
  movedAt: number;
  lastOpenMinutes: number;
};
type Why = 'moved' | 'periodic';

type Kind = {
  model: string;
  say(standing: Standing, why: Why, at: number): DeviceFrame;
  /** What it kept while nobody heard it; kinds without a memory lose that. */
  history?(kept: readonly Kept[]): DeviceFrame;
};
type Kept = Standing & { at: number };

const ROOM = { celsius: 21, humidity: 46 };
const volts = ({ battery }: Standing) => 2.4 + (1.2 * battery) / 100;
const minutesSince = ({ movedAt }: Standing, at: number) =>
  Math.min(Math.floor((at - movedAt) / 60_000), 0xffff);

const recordOf = (standing: Standing, why: Why, at: number): Lds03aSays => ({
  ...standing,
  isPeriodic: why === 'periodic',
  at,
});

/** The devices, by the name of their format. */
const KINDS = {
  milesight_ws301: {
    model: 'WS301',
    say: ({ isOpen, battery }, why) =>
      encodeWs301(why === 'moved' ? { isOpen } : { battery, isOpen, isRemoved: false }),
  },
  milesight_em300_mcs: {
    model: 'EM300-MCS',
    say: ({ isOpen, battery }, why) =>
      encodeEm300Mcs({ isOpen, climate: ROOM, ...(why === 'periodic' ? { battery } : {}) }),
    history: (kept) =>
      encodeEm300McsHistory(kept.map(({ at, isOpen }): StoredReading => ({ at, isOpen, ...ROOM }))),
  },
  dragino_lds02: {
    model: 'LDS02',
    say: (standing) => encodeLds02({ ...standing, volts: volts(standing) }),
  },
  dragino_lds03a: {
    model: 'LDS03A',
    say: (standing, why, at) => encodeLds03a(recordOf(standing, why, at)),
    history: (kept) => encodeLds03aLog(kept.map((one) => recordOf(one, 'moved', one.at))),
  },
  browan_tbdw100: {
    model: 'TBDW100',
    say: (standing, _why, at) =>
      encodeTbdw100({
        ...standing,
        volts: volts(standing),
        celsius: ROOM.celsius,
        minutesSince: minutesSince(standing, at),
      }),
  },
  merryiot_dw10: {
    model: 'DW10',
    say: (standing, _why, at) =>
      encodeDw10({
        ...standing,
        ...ROOM,
        volts: volts(standing),
        minutesSince: minutesSince(standing, at),
      }),
  },
  netvox_r311a: {
    model: 'R311A',
    say: (standing) => encodeR311a({ isOn: standing.isOpen, volts: volts(standing) }),
  },
} as const satisfies Record<string, Kind>;

export type LorawanKind = keyof typeof KINDS;

/** One frame as the network server got it. */
export type LorawanFrame = {
  devEui: string;
  model: string;
  frameCounter: number;
  /** The session's number: another one after each join. */
  session: number;
  frame: DeviceFrame;
  at: number;
  battery: number;
};

export type LorawanSensor = VirtualDevice & {
  /** Opened and closed again, and no gateway heard either: only the counters tell. */
  openUnheard(at: number): Promise<void>;
  /** A new battery: it joins again, and counts from nothing. */
  reboot(at: number): Promise<void>;
  /** Says how it is in a frame of which only so many bytes arrive. */
  reportCutOff(at: number, bytes: number): Promise<void>;
  /** Behind a wall: it alone is not heard from here on. */
  outOfReach(): void;
  /** The network hears it again: what it kept comes now, with its own times, and then how it is. */
  heardAgain(at: number): Promise<void>;
};

export type RadioOptions = {
  devEui: string;
  kind: LorawanKind;
  /** Whether a gateway is in reach. */
  isHeard: () => boolean;
  receive: (frame: LorawanFrame) => Promise<void>;
  joined: (devEui: string, at: number) => Promise<void>;
};

/** A door or window sensor on LoRaWAN, whichever network hears it. */
export function createLorawanSensor(options: RadioOptions): LorawanSensor {
  const { devEui, receive, joined } = options;
  const kind: Kind = KINDS[options.kind];
  let standing: Standing = {
    ...{ isOpen: false, battery: 100, openings: 0, events: 0, movedAt: 0, lastOpenMinutes: 0 },
  };
  let frameCounter = -1;
  let session = 0;
  let kept: Kept[] = [];
  let isFar = false;
  const isHeard = () => !isFar && options.isHeard();

  function move(isOpen: boolean, at: number): void {
    if (isOpen === standing.isOpen) return;
    standing = {
      ...standing,
      isOpen,
      openings: standing.openings + (isOpen ? 1 : 0),
      events: standing.events + 1,
      movedAt: at,
      lastOpenMinutes: isOpen ? standing.lastOpenMinutes : minutesSince(standing, at),
    };
  }

  async function send(frame: DeviceFrame, at: number): Promise<void> {
    // A frame that nobody hears is counted all the same.
    frameCounter += 1;
    if (!isHeard()) return;
    await receive({ devEui, model: kind.model, frameCounter, session, frame, at, battery: standing.battery });
  }

  async function say(why: Why, at: number): Promise<void> {
    if (!isHeard()) kept.push({ ...standing, at });
    await send(kind.say(standing, why, at), at);
  }

  async function moveAndSay(isOpen: boolean, at: number): Promise<void> {
    move(isOpen, at);
    await say('moved', at);
  }

  return {
    address: devEui,
    open: (at) => moveAndSay(true, at),
    close: (at) => moveAndSay(false, at),
    report: (at) => say('periodic', at),
    async battery(at, percent) {
      standing = { ...standing, battery: percent };
      await say('periodic', at);
    },
    async openUnheard(at) {
      for (const isOpen of [true, false]) {
        move(isOpen, at);
        frameCounter += 1;
      }
    },
    async reboot(at) {
      standing = { ...standing, openings: 0, events: 0, movedAt: at };
      frameCounter = -1;
      session += 1;
      kept = [];
      await joined(devEui, at);
      await say('periodic', at);
    },
    reportCutOff: (at, bytes) => send(truncated(kind.say(standing, 'periodic', at), bytes), at),
    outOfReach() {
      isFar = true;
    },
    async heardAgain(at) {
      isFar = false;
      const old = kept;
      kept = [];
      if (kind.history && old.length > 0) await send(kind.history(old), at);
      await say('periodic', at);
    },
  };
}
