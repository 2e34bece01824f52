const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * Epoch milliseconds of an RFC 3339 timestamp, finer digits cut off; undefined when it is none. A zone is
 * required. `Date.parse` would take the 30th of February for the 2nd of March.
 */
export function parseRfc3339(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, zoneHour = '0', zoneMinute = '0'] =
    match;
  const seconds = Number(second);
  // A leap second is the last moment of its minute to every clock of ours.
  const millisecond = seconds === 60 ? 999 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (Number(hour) > 23 || Number(minute) > 59 || seconds > 60) return undefined;
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  date.setUTCHours(Number(hour), Number(minute), Math.min(seconds, 59), millisecond);
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  return date.getTime() - (sign === '-' ? -zone : zone);
}
