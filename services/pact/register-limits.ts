/**
 * The longest values that the register accepts of what a text message shows. Every template is measured at
 * these; whoever writes the register refuses what is longer. Lengths are UTF-16 code units.
 */
export const REGISTER_LIMITS = {
  /** Household numbers are digits, because a person types them before the digit of the answer. */
  code: { least: 2, most: 4 },
  /** How the elder is called: six characters where any of them is not Latin, else sixteen. */
  salutation: { most: 6, mostLatin: 16 },
  building: 6,
  unit: 4,
  room: 6,
  /** `+` and fifteen digits (E.164). */
  phone: 16,
  /** A steward's or neighbour's name: as it stands in "somebody goes already". */
  personName: { most: 10, mostLatin: 24 },
  emergencyNumber: 6,
  /** Who has a key: 对门李姐. */
  keyNote: 8,
} as const;

/** The years in which somebody alive may have been born: nobody is older than 120. */
export const birthYearsIn = (thisYear: number) => ({ from: thisYear - 120, to: thisYear });

export function isBirthYear(year: number, thisYear: number): boolean {
  const { from, to } = birthYearsIn(thisYear);
  return Number.isInteger(year) && year >= from && year <= to;
}

/** Whether a salutation or a person's name is short enough for its limit. */
export function isNameWithin(name: string, limit: { most: number; mostLatin: number }): boolean {
  return name.length <= (/^[\x20-\x7e]*$/.test(name) ? limit.mostLatin : limit.most);
}

/** How elders get about. */
export const MOBILITIES = ['well', 'stick', 'wheelchair', 'bed'] as const;
