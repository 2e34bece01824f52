/** 2020-01-01T00:00:00Z, in seconds: no clock of these devices that was ever set says less. */
const NEVER_SET_BEFORE = 1_577_836_800;

/**
 * Epoch milliseconds of what a device calls now, UTC. Null where its clock was never set: such a one counts from its own
 * start or from 1970.
 *
 * @param seconds since 1970, unsigned
 */
export const deviceTimeOf = (seconds: number): number | null =>
  seconds < NEVER_SET_BEFORE ? null : seconds * 1000;
