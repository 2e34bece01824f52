import type { Home } from './neighbourhood.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SensorReport } from './virtual-sensor.ts';

/** How a home's morning goes. The names are what the narration and the tests speak of. */
export const STORY_KINDS = [
  'opens',
  'flat_battery',
  'buffered',
  'opens_late',
  'left_open',
  'silent_sensor',
  'outage',
  'never_reported',
  'no_sensor',
  'on_leave',
  'overslept',
  'fallen',
  'filtered',
  'forgotten',
  'unanswered',
] as const;
export type StoryKind = (typeof STORY_KINDS)[number];

/** Which of the ledger's columns a story may end in by 09:00. */
export type Ending = 'kept' | 'kept_late' | 'visited' | 'excused' | 'unresolved';

export type Story = {
  kind: StoryKind;
  home: Home;
  ending: Ending;
  /** Absent where the home has no sensor, or one that has never been plugged in. */
  device: DeviceScript | undefined;
  hasSensor: boolean;
  /** The gateway that its sensor speaks through, where it is known. */
  gateway: string | undefined;
  /** What people do once they are paged for this home. */
  answers: readonly Answer[];
  /** What the office writes into the board for this alert, and when. */
  /** The steward's network takes our texts for advertising; the call that follows is answered with a key. */
  phone: { pressing: string } | undefined;
  officeOutcome: { atMinute: number; outcome: 'safe' | 'helped' | 'hospital' } | undefined;
};

export type DeviceScript = {
  /** What it did the evening before and sends with its own times as soon as it is connected. */
  evening: readonly SensorReport['type'][];
  battery: number;
  /** Charge from the opening on, where the cold morning was too much for it. */
  batteryAfterOpening: number | undefined;
  /** Dies without a word right after it has reported the evening. */
  dies: boolean;
  /** Minutes after midnight; `heldUntil` is when its gateway lets the report through. */
  opensAt: number | undefined;
  heldUntil: number | undefined;
};

/** One SMS of a person, some time after the first page that they got for this home. */
export type Answer = {
  by: 'primary' | 'backup' | 'neighbour' | 'other_neighbour';
  afterSeconds: number;
  text: string;
};

/** What people write who do not keep to the digits. */
export type PeoplesWords = { cannotGo: string; nonsense: string };

/** It serves the homes that fall silent together and no other. */
const DEAD_GATEWAY = 'GW-2';

export const MORNING = { opensAt: 6 * 60 + 25, deadline: 8 * 60, endsAt: 9 * 60 } as const;

/** The cast: one entry a home that has a story of its own; all others just draw their curtains. */
const CAST: readonly StoryKind[] = [
  'flat_battery',
  'buffered',
  'opens_late',
  'opens_late',
  'opens_late',
  'left_open',
  'left_open',
  'silent_sensor',
  'outage',
  'never_reported',
  'no_sensor',
  'on_leave',
  'on_leave',
  'overslept',
  'overslept',
  'overslept',
  'overslept',
  'fallen',
  'filtered',
  'forgotten',
  'unanswered',
];

/** Hands the stories to the homes; the seed decides who lives which, and when. */
export function inventStories(homes: readonly Home[], random: SeededRandom, words: PeoplesWords): Story[] {
  const shuffled = random.shuffled(homes);
  const neighbours = sharingASteward(shuffled);
  const others = auditioned(shuffled.filter((home) => !neighbours.includes(home)));
  const cast = [
    ...neighbours.map((home) => ({ home, kind: 'outage' as StoryKind })),
    ...others.map((home, i) => ({ home, kind: CAST[i] ?? 'opens' })),
  ];
  const told = new Map<StoryKind, number>();
  return cast
    .map(({ home, kind }) => {
      const nth = told.get(kind) ?? 0;
      told.set(kind, nth + 1);
      return tell({ kind, home, nth, random, words });
    })
    .sort((a, b) => a.home.code.localeCompare(b.home.code));
}

/** Two homes of one steward, who gets one list of both when they fall silent together. */
function sharingASteward(homes: readonly Home[]): Home[] {
  for (const home of homes) {
    const twin = homes.find((other) => other !== home && other.primary === home.primary);
    if (twin) return [home, twin];
  }
  return [];
}

/** Homes of different stewards first, so that a reply in plain words can only mean one home. */
function auditioned(homes: readonly Home[]): Home[] {
  const firstOf = new Map(homes.toReversed().map((home) => [home.primary.code, home]));
  const isFirst = (home: Home) => firstOf.get(home.primary.code) === home;
  return [...homes.filter(isFirst), ...homes.filter((home) => !isFirst(home))];
}

type Told = { kind: StoryKind; home: Home; nth: number; random: SeededRandom; words: PeoplesWords };

function tell({ kind, home, nth, random, words }: Told): Story {
  const story: Story = {
    kind,
    home,
    ending: 'visited',
    hasSensor: true,
    gateway: undefined,
    device: device({ battery: random.between(55, 100) }),
    answers: goAndSeeSafe(home, random.between(30, 60)),
    phone: undefined,
    officeOutcome: undefined,
  };
  const opening = (opensAt: number, more: Partial<DeviceScript> = {}) =>
    device({ battery: random.between(55, 100), opensAt, ...more });

  switch (kind) {
    case 'opens':
      return { ...story, ending: 'kept', device: opening(usualTime(random)) };
    case 'flat_battery':
      return {
        ...story,
        ending: 'kept',
        device: opening(7 * 60 + 20, { battery: 31, batteryAfterOpening: 4 }),
      };
    case 'buffered':
      // As below: one who was at the door before the word comes would make it a visit.
      return {
        ...story,
        ending: 'kept',
        device: opening(7 * 60 + 42, { heldUntil: 8 * 60 + 5 }),
        answers: setOut(home, 40),
      };
    case 'opens_late':
      // The steward has set out and is stood down on the way.
      return {
        ...story,
        ending: 'kept_late',
        device: opening(8 * 60 + 4 + 4 * nth),
        answers: setOut(home, 40),
      };
    case 'left_open':
      return { ...story, device: device({ evening: ['opened'] }) };
    case 'silent_sensor':
      return { ...story, device: device({ dies: true }) };
    case 'outage':
      // Their gateway lost power in the night: nobody knows how any of them is.
      return { ...story, gateway: DEAD_GATEWAY, device: device({ dies: true }) };
    case 'never_reported':
      return { ...story, device: undefined };
    case 'no_sensor':
      return { ...story, device: undefined, hasSensor: false };
    case 'on_leave':
      return { ...story, ending: 'excused' };
    case 'overslept':
      return { ...story, answers: OVERSLEPT[nth % OVERSLEPT.length]?.(home, words) ?? [] };
    case 'fallen':
      return {
        ...story,
        answers: [...setOut(home, 40), { by: 'primary', afterSeconds: 5 * 60, text: `${home.code}3` }],
        officeOutcome: { atMinute: 8 * 60 + 18, outcome: 'hospital' },
      };
    case 'filtered':
      // The text does not arrive, the call beside it does; then the outcome by text.
      return {
        ...story,
        phone: { pressing: '1' },
        answers: [{ by: 'primary', afterSeconds: 6 * 60, text: `${home.code}2` }],
      };
    case 'forgotten':
      // Sets out and forgets to report: the promise runs out, and the backup finds them well.
      return {
        ...story,
        answers: [
          ...setOut(home, 30),
          { by: 'backup', afterSeconds: 60, text: `${home.code}1` },
          { by: 'backup', afterSeconds: 7 * 60, text: `${home.code}2` },
        ],
      };
    case 'unanswered':
      return { ...story, ending: 'unresolved', answers: [] };
    default:
      return kind satisfies never;
  }
}

/** Four homes whose elder only slept in, and four sorts of helpers. */
const OVERSLEPT: readonly ((home: Home, words: PeoplesWords) => Answer[])[] = [
  // Cannot go: the backup hears of it at once.
  (home, words) => [
    { by: 'primary', afterSeconds: 50, text: words.cannotGo },
    { by: 'backup', afterSeconds: 45, text: `${home.code}1` },
    { by: 'backup', afterSeconds: 6 * 60, text: `${home.code}2` },
  ],
  // Writes nonsense, then the number of a home that is not theirs, then right.
  (home, words) => [
    { by: 'primary', afterSeconds: 30, text: words.nonsense },
    { by: 'primary', afterSeconds: 60, text: `${strange(home)}2` },
    { by: 'primary', afterSeconds: 110, text: `${home.code}1` },
    { by: 'primary', afterSeconds: 7 * 60, text: `${home.code}2` },
  ],
  // Both stewards sleep on; of two neighbours who claim the visit the first one goes.
  (home) => [
    { by: 'neighbour', afterSeconds: 60, text: `${home.code}1` },
    { by: 'other_neighbour', afterSeconds: 90, text: `${home.code}1` },
    { by: 'neighbour', afterSeconds: 4 * 60, text: `${home.code}2` },
  ],
  // Answers late, when the backup has been paged already.
  (home) => [
    { by: 'primary', afterSeconds: 4 * 60, text: `${home.code}1` },
    { by: 'primary', afterSeconds: 9 * 60, text: `${home.code}2` },
  ],
];

const strange = (home: Home) => (home.code === '45' ? '44' : '45');

const setOut = (home: Home, afterSeconds: number): Answer[] => [
  { by: 'primary', afterSeconds, text: `${home.code}1` },
];

const goAndSeeSafe = (home: Home, afterSeconds: number): Answer[] => [
  ...setOut(home, afterSeconds),
  { by: 'primary', afterSeconds: afterSeconds + 5 * 60, text: `${home.code}2` },
];

function device(script: Partial<DeviceScript>): DeviceScript {
  return {
    evening: ['closed'],
    battery: 80,
    batteryAfterOpening: undefined,
    dies: false,
    opensAt: undefined,
    heldUntil: undefined,
    ...script,
  };
}

/** Most rise between 06:30 and 07:30, a few cut it fine. */
function usualTime(random: SeededRandom): number {
  const early = random.next() < 0.85;
  return early ? random.between(6 * 60 + 31, 7 * 60 + 30) : random.between(7 * 60 + 31, 7 * 60 + 56);
}

/** How the ledger must read at 09:00 if nothing went wrong. */
export const countEndings = (stories: readonly Story[]): Record<Ending, number> => {
  const counts: Record<Ending, number> = { kept: 0, kept_late: 0, visited: 0, excused: 0, unresolved: 0 };
  for (const story of stories) counts[story.ending] += 1;
  return counts;
};
