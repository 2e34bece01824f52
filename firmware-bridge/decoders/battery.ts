/**
 * Under which voltage a battery is called low. None of the sensors' makers documents a curve from volts to percent, and
 * lithium cells hold theirs until shortly before the end, so percent is not guessed. The thresholds lie where the cell
 * is past its plateau and the sensor still sends.
 */
const LOW_UNDER_VOLTS = {
  /** Lithium thionyl chloride, 3.6 V; 3.1 V is the least that Browan's first DW10 manual gives for the system. */
  li_socl2: 3.1,
  /** A lithium coin cell, 3 V. */
  li_coin: 2.7,
  /** Two alkaline cells in a row. */
  two_alkaline: 2.4,
} as const;

export type Cell = keyof typeof LOW_UNDER_VOLTS;

export const isLow = (volts: number, cell: Cell): boolean => volts < LOW_UNDER_VOLTS[cell];
