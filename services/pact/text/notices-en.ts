import { withFewerCodes } from './fewer-codes.ts';
import type { DailyState, DayCounts, NoticeCatalogue, OutageCause } from './notices.ts';
import { withOrWithoutLink } from './with-or-without-link.ts';

const DAILY: Record<DailyState, string> = {
  well: 'is well today.',
  visited_safe: 'was visited today and is well.',
  visited: 'was visited today. Please ask the office how it went.',
  excused: 'has no morning agreed for today.',
  waiting: 'has until later today to draw the curtain. We will tell you.',
  open: 'has not been seen well yet today. Somebody is seeing to it, we will tell you at once.',
};

/** What homes have in common, at its fullest and at its barest. */
const CAUSE: Record<OutageCause, (subject: string) => readonly [string, string]> = {
  gateway: (subject) => [`gateway ${subject}`, 'one gateway'],
  building: (subject) => [`building ${subject}`, 'one building'],
  broker: () => ['one broker', 'one broker'],
  community: () => ['the whole community', 'the community'],
};

export const NOTICES_EN: NoticeCatalogue = {
  acknowledgement_expired: ({ code, salutation }) => [
    `Curtain Pact: no report on no.${code} ${salutation} in time, we have asked others. If you saw them, reply ${code}2 safe ${code}3 emergency`,
  ],
  relieved: ({ code, salutation }) => [
    `Curtain Pact: somebody is at the door of no.${code} ${salutation}, you need not go on. Thank you! You will hear how it ends.`,
  ],
  replaced: ({ code, salutation }) => [
    `Curtain Pact: the office has asked somebody else to go to no.${code} ${salutation}, you need not. Thank you! You will hear how it ends.`,
  ],
  elder_call: ({ salutation }) => [
    `Curtain Pact: hello ${salutation}, your curtain was not seen open this morning. A steward is on the way to you.`,
  ],

  elder_asks: ({ code, salutation }) => [
    `Curtain Pact: no.${code} ${salutation} wants to speak to you, please call them.`,
  ],

  canary: ({ deadline, round }) => [
    round === 0
      ? `Curtain Pact: canary drill. The ${deadline} page has arrived, all is well. No reply needed.`
      : `Curtain Pact: canary drill, page ${round + 1}. The one of ${deadline} was not seen to arrive, look at the board. No reply needed.`,
  ],
  canary_failed: ({ deadline, unseen }) =>
    withFewerCodes(
      unseen,
      (shown, leftOut) =>
        `Curtain Pact: WARNING. The ${deadline} canary page did not arrive in time, this morning's pages may not either. Go round by hand: ${unseen.length} unseen${list(shown, leftOut)}`,
    ),
  canary_late: ({ deadline, at }) => [
    `Curtain Pact: the ${deadline} canary page arrived late, at ${at}. Pages go out again. Check every home of this morning on the board.`,
  ],

  all_clear: ({ counts }) => [`Curtain Pact: ${countsOf(counts)}`],
  all_open: ({ counts, open }) =>
    withFewerCodes(
      open,
      (shown, leftOut) =>
        `Curtain Pact: ATTENTION, ${open.length} not seen safe${list(shown, leftOut)}. ${shown.length > 0 ? countsOf(counts) : `Of ${counts.enrolled} homes, see the board`}`,
    ),
  all_closed: ({ counts }) => [`Curtain Pact: everybody has been seen. ${countsOf(counts)}`],

  daily: ({ salutation, state }) => [`Curtain Pact: ${salutation} ${DAILY[state]}`],
  daily_after: ({ salutation }) => [`Curtain Pact: ${salutation} is well today, as we have just learned.`],
  visit_news: ({ salutation, at, safe }) => [
    `Curtain Pact: ${salutation} was visited at ${at}${safe ? ' and is well.' : '. Please ask the office how it went.'}`,
  ],

  evening: ({ unseen, open, silent, batteries, returning, uncovered, due }) => {
    const parts: [full: string, bare: string, codes: readonly string[]][] = [
      ['look in today', 'look in', unseen],
      ['nobody on duty tomorrow', 'nobody on duty', uncovered],
      ['curtain still open', 'open', open],
      ['sensor silent', 'silent', silent],
      ['battery low', 'battery', batteries],
      ['leave ends tomorrow', 'back', returning],
      ['sensor work due', 'work', due],
    ];
    const said = parts.filter(([, , codes]) => codes.length > 0);
    const most = Math.max(...said.map(([, , codes]) => codes.length));
    const full = withFewerCodes(Array.from({ length: most }, String), (shown) => {
      const texts = said.map(([what, , codes]) => {
        const some = codes.slice(0, shown.length);
        return `${what} ${codes.length}${list(some, codes.length - some.length)}`;
      });
      return `Curtain Pact tonight: ${texts.join('; ')}`;
    });
    const bare = said.map(([, what, codes]) => `${what} ${codes.length}`);
    return [...full, `Curtain Pact tonight: ${bare.join('; ')}`] as [string, ...string[]];
  },
  sensor_check: ({ homes }) =>
    withFewerCodes(
      homes,
      (shown, leftOut) =>
        `Curtain Pact: the sensors of ${homes.length} homes can tell nothing this morning, send somebody to see${list(shown, leftOut)}`,
    ),
  commissioning: ({ code, salutation }) => [
    `Curtain Pact: a test. Pages for no.${code} ${salutation} reach this phone. Nobody needs to go, please tell whoever is installing.`,
  ],
  door_link: ({ code, link }) => [
    `Curtain Pact: no.${code}, at the door: ${link}`,
    `Curtain Pact: no.${code}, reply ${code}2 safe, ${code}3 emergency, ${code} arrived`,
  ],
  look_in: ({ homes }) =>
    withFewerCodes(
      homes,
      (shown, leftOut) =>
        `Curtain Pact: ${homes.length === 1 ? 'the sensor of one home' : `the sensors of ${homes.length} homes`} failed today, please look in on the elder today${list(shown, leftOut)}. Then tell the office`,
    ),
  leave_said: ({ code, salutation, fromOn, untilOn }) => [
    `Curtain Pact: No. ${code} ${salutation} is said to be away from ${dayOf(fromOn)} to ${dayOf(untilOn)}; no curtain is waited for. If that is wrong, tell the office`,
  ],
  leave_cancelled: ({ code, salutation }) => [
    `Curtain Pact: the leave of No. ${code} ${salutation} was cancelled. The curtain counts as usual.`,
  ],
  leave_link: ({ code, salutation, link }) => [
    `Curtain Pact: if No. ${code} ${salutation} is away for days, please say so here: ${link}`,
    `Curtain Pact: if No. ${code} is away for days, tell the office.`,
  ],
  care_link: ({ link }) => [`Curtain Pact: your visits, day by day: ${link}`],
  leave_ends: ({ code, salutation, untilOn, link }) =>
    withOrWithoutLink(
      link,
      (page) => [
        `Curtain Pact: the leave of No. ${code} ${salutation} ends on ${dayOf(untilOn)}. Away for longer? ${page}`,
        `Curtain Pact: the leave of No. ${code} ends on ${dayOf(untilOn)}. Longer? ${page}`,
      ],
      `Curtain Pact: the leave of No. ${code} ${salutation} ends on ${dayOf(untilOn)}. If they stay away, tell the office`,
    ),
  leave_opened: ({ code, salutation, at, link }) =>
    withOrWithoutLink(
      link,
      (page) => [
        `Curtain Pact: No. ${code} ${salutation} should be away, but the curtain opened at ${at}. Are they back? ${page}`,
        `Curtain Pact: No. ${code} is away, but opened at ${at}. Back? ${page}`,
      ],
      `Curtain Pact: No. ${code} ${salutation} should be away, but the curtain opened at ${at}. Please ask, and tell the office`,
    ),
  robot_test: ({ name }) => [`Curtain Pact: the robot ${name} of this group works. A test, no reply needed.`],
  outage: ({ cause, subject, since, homes }) => {
    const [full, bare] = CAUSE[cause](subject);
    const text = (where: string) => (shown: readonly string[], leftOut: number) =>
      `Curtain Pact: ${homes.length} homes of ${where} ${cause === 'community' ? 'missed together' : 'fell silent together'} at ${since}${list(shown, leftOut)}. See each one as usual, check power and network`;
    return [...withFewerCodes(homes, text(full)), ...withFewerCodes(homes, text(bare))] as [
      string,
      ...string[],
    ];
  },
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** YYYY-MM-DD as people say it. */
const dayOf = (date: string): string => `${Number(date.slice(8))} ${MONTHS[Number(date.slice(5, 7)) - 1]}`;

const list = (shown: readonly string[], leftOut: number): string =>
  shown.length === 0 ? '' : `: ${shown.join(' ')}${leftOut > 0 ? ' ...' : ''}`;

function countsOf({ enrolled, kept, keptLate, visited, away, excused }: DayCounts): string {
  const parts = [
    `${kept} opened`,
    ...(keptLate > 0 ? [`${keptLate} late`] : []),
    ...(visited > 0 ? [`${visited} visited`] : []),
    ...(away > 0 ? [`${away} away`] : []),
    ...(excused > 0 ? [`${excused} excused`] : []),
  ];
  return `${enrolled} homes: ${parts.join(', ')}`;
}
