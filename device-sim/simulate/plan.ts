import { Temporal } from 'temporal-polyfill';
import { type Pact, readPact } from '#pact/pact.ts';
import { endOfDay, windowOf } from '#pact/pact-day.ts';
import type { Chance } from './chance.ts';

/** The day before civil time does something, both changes of each zone; and days on which it does nothing. */
const PLACES = [
  ['Asia/Shanghai', '2026-11-23'],
  ['Asia/Shanghai', '2026-02-27'],
  ['Asia/Kathmandu', '2026-12-30'],
  ['Europe/London', '2026-03-28'],
  ['Europe/London', '2026-10-24'],
  ['America/New_York', '2026-03-07'],
  ['America/New_York', '2026-10-31'],
  ['Australia/Lord_Howe', '2026-04-04'],
  ['Australia/Lord_Howe', '2026-10-03'],
  ['America/St_Johns', '2026-06-30'],
] as const;

/** How a person answers what comes to their phone. */
export type Habit = 'prompt' | 'late' | 'confused' | 'passes' | 'never' | 'calls_emergency';
export type Person = {
  id: string;
  kind: 'steward' | 'neighbour' | 'office';
  phone: string;
  habit: Habit;
  /** The number is out of service: the provider refuses it for good. */
  isDead: boolean;
};

/** `clocked` tells its own time and a number, `numbered` a number only, `plain` neither. */
export type SensorClass = 'clocked' | 'numbered' | 'plain';
export type Sensor = { id: string; class: SensorClass; diesAt: number | undefined; gateway: number };

export type HomeDay = {
  earliestAt: number;
  deadlineAt: number;
  endsAt: number;
  opensAt: number | undefined;
  /** When the curtain is drawn again. */
  closesAt: number | undefined;
  onLeave: boolean;
};

export type PlannedHome = {
  id: string;
  code: string;
  deadline: string;
  signalCloses: boolean;
  openBefore: boolean;
  sensor: Sensor | undefined;
  /** Has never been heard. */
  isNew: boolean;
  primary: string;
  backup: string;
  neighbours: readonly string[];
  days: readonly HomeDay[];
};

/** One community's days: who lives there and what they do. What goes wrong is decided while they pass. */
export type Plan = {
  communityId: string;
  timeZone: string;
  dates: readonly Temporal.PlainDate[];
  beginsAt: number;
  endsAt: number;
  homes: readonly PlannedHome[];
  people: ReadonlyMap<string, Person>;
  officeId: string;
  gateways: number;
  hasVoice: boolean;
  /** The provider knows at once that a message has arrived, and tells nothing of it later. */
  knowsAtOnce: boolean;
  /** How many processes each of rules and escalation runs. */
  processes: 1 | 2;
};

const MINUTE = 60_000;
const HABITS: readonly Habit[] = [
  ...Array<Habit>(9).fill('prompt'),
  ...(['late', 'late', 'confused', 'passes', 'never', 'calls_emergency'] as const),
];
const SENSORS: readonly SensorClass[] = ['clocked', 'clocked', 'numbered', 'plain'];

export function planDays(chance: Chance): Plan {
  const [timeZone, first] = chance.pick('place', PLACES);
  const length = chance.happens('two days', 0.5) ? 2 : 1;
  const dates = Array.from({ length }, (_, day) => Temporal.PlainDate.from(first).add({ days: day + 1 }));
  const sizes = chance.between('size', 0, 399);
  const count = sizes === 0 ? 200 : sizes < 5 ? 60 : chance.between('homes', 5, 7);
  const people = new Map<string, Person>();
  const addPerson = (kind: Person['kind']): string => {
    const name = `person ${people.size}`;
    const phone = `+8613900${String(people.size).padStart(6, '0')}`;
    const habit = chance.pick(`${name} habit`, HABITS);
    const isDead = kind !== 'office' && chance.happens(`${name} dead`, 0.06);
    const id = chance.nextUuid();
    people.set(id, { id, kind, phone, habit, isDead });
    return id;
  };
  const officeId = addPerson('office');
  const stewards = Array.from({ length: Math.max(2, Math.ceil(count / 4)) }, () => addPerson('steward'));
  const neighbours = Array.from({ length: Math.max(2, Math.ceil(count / 3)) }, () => addPerson('neighbour'));
  const hasDeadlines = chance.happens('several deadlines', 0.3);
  const gateways = chance.between('gateways', 1, 3);
  const homes = Array.from({ length: count }, (_, index) => planHome(index));
  const beginsAt = dates[0]!.toZonedDateTime(timeZone).epochMilliseconds;
  const endsAt = endOfDay(dates.at(-1)!, timeZone).epochMilliseconds - 10 * MINUTE;
  return {
    ...{
      communityId: chance.nextUuid(),
      timeZone,
      dates,
      beginsAt,
      endsAt,
      homes,
      people,
      officeId,
      gateways,
    },
    hasVoice: chance.happens('voice', 0.4),
    knowsAtOnce: chance.happens('knows at once', 0.5),
    processes: chance.happens('two processes', 0.12) ? 2 : 1,
  };

  function planHome(index: number): PlannedHome {
    const name = `home ${index}`;
    const deadline =
      hasDeadlines && chance.happens(`${name} other deadline`, 0.3)
        ? chance.pick(`${name} deadline`, ['07:30', '09:00'])
        : '08:00';
    const pact = pactOf(deadline);
    const hasSensor = !chance.happens(`${name} no sensor`, 0.04);
    const isNew = chance.happens(`${name} new`, 0.03);
    const primary = chance.pick(`${name} primary`, stewards);
    const others = stewards.filter((id) => id !== primary);
    const mate = chance.between(`${name} neighbours`, 0, neighbours.length - 2);
    const days = dates.map((date, day) => planDay(`${name} day ${day}`, pact, date));
    const diesAt = chance.happens(`${name} sensor dies`, 0.05)
      ? chance.between(`${name} dies at`, days[0]!.earliestAt - 120 * MINUTE, days.at(-1)!.deadlineAt)
      : undefined;
    return {
      id: chance.nextUuid(),
      code: String(index + 1).padStart(2, '0'),
      ...{ deadline, isNew, primary, days },
      signalCloses: chance.happens(`${name} signal closes`, 0.75),
      openBefore: chance.happens(`${name} open before`, 0.1),
      sensor: hasSensor
        ? {
            id: `sim-${String(index + 1).padStart(3, '0')}`,
            class: chance.pick(`${name} sensor`, SENSORS),
            diesAt: isNew ? days[0]!.earliestAt - 240 * MINUTE : diesAt,
            gateway: chance.between(`${name} gateway`, 0, gateways - 1),
          }
        : undefined,
      backup: chance.pick(`${name} backup`, others),
      neighbours: neighbours.slice(mate, mate + 2),
    };
  }

  function planDay(name: string, pact: Pact, date: Temporal.PlainDate): HomeDay {
    const window = windowOf(pact, date, timeZone);
    const earliestAt = window.earliestAt.epochMilliseconds;
    const deadlineAt = window.deadlineAt.epochMilliseconds;
    const endsAt = endOfDay(date, timeZone).epochMilliseconds;
    const manner = chance.between(`${name} manner`, 0, 99);
    return {
      ...{ earliestAt, deadlineAt, endsAt },
      opensAt: opensAt(),
      closesAt: chance.happens(`${name} closes`, 0.93)
        ? endsAt - chance.between(`${name} closes at`, 60, 240) * MINUTE
        : undefined,
      onLeave: chance.happens(`${name} leave`, 0.06),
    };

    function opensAt(): number | undefined {
      if (manner < 6) return undefined;
      if (manner < 11) return deadlineAt + chance.between(`${name} late`, 1, 420) * MINUTE;
      if (manner < 16) return deadlineAt + chance.between(`${name} close`, -3_000, 3_000);
      if (manner < 19) return earliestAt - chance.between(`${name} early`, 1, 120) * MINUTE;
      return deadlineAt - (chance.between(`${name} opens`, 0, 12) * 12 + 1) * MINUTE;
    }
  }
}

/** The pact of every home, but for its deadline. */
export function pactOf(deadline: string): Pact {
  const read = readPact({
    ...{ deadline, earliest: '04:00', weekdays: [1, 2, 3, 4, 5, 6, 7], accepts: ['opened', 'seen'] },
    ...{ signalCloses: true, fromOn: '2026-01-01' },
  });
  if (!read.ok) throw new Error(read.problems.join());
  return read.pact;
}
