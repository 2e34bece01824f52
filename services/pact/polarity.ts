/** What a sensor said of its curtain; a position in percent open. */
export type CurtainReport = { type: 'opened' | 'closed' | 'position'; position: number | null };

/**
 * A message of a sensor that is mounted the other way round, as it would be were it mounted right. What says
 * nothing of a curtain stays as it is: never does a heartbeat become an opening.
 */
export function turnRound<M extends { type: string; position: number | null }>(message: M): M {
  const { type, position } = message;
  if (type !== 'opened' && type !== 'closed' && type !== 'position') return message;
  const turned = type === 'opened' ? 'closed' : type === 'closed' ? 'opened' : type;
  return { ...message, type: turned, position: position === null ? null : 100 - position };
}

/** For so long the two halves of a test belong together; a curtain takes a minute. */
export const POLARITY_TEST_MINUTES = 30;

/** So far apart lie two positions of which one is open and the other closed, in percent. */
const LEAST_APART = 20;

/**
 * Whether a sensor is mounted the right way, by what it said of a curtain that somebody saw open, and then of the
 * same curtain closed. `unclear` where it said about the same of both.
 */
export function judgePolarity(
  whenOpen: CurtainReport,
  whenClosed: CurtainReport,
): 'right' | 'reversed' | 'unclear' {
  const apart = percentOf(whenOpen) - percentOf(whenClosed);
  if (apart >= LEAST_APART) return 'right';
  return apart <= -LEAST_APART ? 'reversed' : 'unclear';
}

const percentOf = ({ type, position }: CurtainReport): number =>
  type === 'position' ? (position ?? 0) : type === 'opened' ? 100 : 0;
