/** Who a step of the ladder pages. Names of roles, resolved to persons only when the step is reached. */
export const LADDER_ROLES = ['primary', 'backup', 'neighbour', 'office', 'family'] as const;
export type LadderRole = (typeof LADDER_ROLES)[number];

/** How people are reached: a text, a call, a message to a group's robot (WeCom, DingTalk, Feishu). */
export const CHANNELS = ['sms', 'voice', 'robot'] as const;
export type Channel = (typeof CHANNELS)[number];

export type LadderStep = {
  /** Minutes after the alert was opened. */
  afterMinutes: number;
  to: readonly { role: LadderRole; channel: Channel }[];
};

/** The ordered steps of an alert, as data. After the last step it is repeated until somebody answers. */
export type Ladder = {
  steps: readonly LadderStep[];
  repeatMinutes: number;
  acknowledgementMinutes: number;
};

const sms = (role: LadderRole) => ({ role, channel: 'sms' as const });
const call = (role: LadderRole) => ({ role, channel: 'voice' as const });

/** The ladder of every home that chose none; boards say it in people's words, and nobody renames it. */
export const DEFAULT_LADDER_NAME = 'default';

/** What a community starts with. */
export const DEFAULT_LADDER: Ladder = {
  steps: [
    { afterMinutes: 0, to: [sms('primary')] },
    { afterMinutes: 3, to: [sms('backup'), call('primary')] },
    { afterMinutes: 6, to: [sms('neighbour')] },
    { afterMinutes: 10, to: [sms('office'), call('office')] },
  ],
  repeatMinutes: 15,
  acknowledgementMinutes: 15,
};

export type LadderProblem =
  | 'ladder_empty'
  | 'step_pages_nobody'
  | 'step_unknown_role'
  | 'step_unknown_channel'
  | 'steps_out_of_order'
  | 'minutes_out_of_range';

/** Every problem of a ladder that an office may have written; an empty list means it may be used. */
export function ladderProblems(ladder: Ladder): LadderProblem[] {
  const problems = new Set<LadderProblem>();
  if (ladder.steps.length === 0) problems.add('ladder_empty');
  let previous = -1;
  for (const step of ladder.steps) {
    if (step.to.length === 0) problems.add('step_pages_nobody');
    if (!step.to.every(({ role }) => LADDER_ROLES.includes(role))) problems.add('step_unknown_role');
    if (!step.to.every(({ channel }) => CHANNELS.includes(channel))) problems.add('step_unknown_channel');
    if (!isMinutes(step.afterMinutes, 0)) problems.add('minutes_out_of_range');
    if (step.afterMinutes <= previous) problems.add('steps_out_of_order');
    previous = step.afterMinutes;
  }
  if (!isMinutes(ladder.repeatMinutes, 1) || !isMinutes(ladder.acknowledgementMinutes, 1)) {
    problems.add('minutes_out_of_range');
  }
  return [...problems];
}

const isMinutes = (value: number, least: number) => Number.isInteger(value) && value >= least && value <= 240;

/** Minutes between reaching step `index` and the next one; past the end the last step repeats, ever slower up to an hour. */
export function minutesToNextStep(ladder: Ladder, index: number): number {
  const here = ladder.steps[index];
  const next = ladder.steps[index + 1];
  if (here && next) return next.afterMinutes - here.afterMinutes;
  const repeats = Math.max(0, index - (ladder.steps.length - 1));
  return Math.min(60, ladder.repeatMinutes * 2 ** Math.min(repeats, 6));
}

/** The step that index `index` pages: past the end it is the last one again. */
export const stepAt = (ladder: Ladder, index: number): LadderStep | undefined =>
  ladder.steps[Math.min(index, ladder.steps.length - 1)];
