import type { DeviceReport, DeviceView } from '#contracts/http/register/device.ts';
import { DEVICE_NAMES, type SourcesText } from '#pact/text/board-sources.ts';

/** What people call it in its gateway, else its address. */
export const nameOf = ({ name, address }: Pick<DeviceView, 'name' | 'address'>): string => name ?? address;

/** A format in words. */
export function formatWords(format: string, codec: string | undefined, words: SourcesText): string {
  if (format === 'as_told') return words.asTold;
  if (format === 'codec') return words.codec(codec);
  return DEVICE_NAMES[format] ?? format;
}

/** What the device is, as far as anybody knows. */
export function kindWords(
  { format, guess }: DeviceView,
  codec: string | undefined,
  words: SourcesText,
): string {
  if (format) return formatWords(format, codec, words);
  if (guess === 'as_told') return words.asTold;
  return guess ? words.looksLike(formatWords(guess, undefined, words)) : words.looksUnknown;
}

/** Why something was not taken. */
export const refusalWords = (refusal: string, words: SourcesText): string =>
  words.refusals[refusal] ?? refusal;

/** What was read of a message. */
export function reportWords(report: DeviceReport, words: SourcesText): string {
  const { contact, position, battery, refusal } = report;
  if (refusal) return words.report.notTaken(refusalWords(refusal, words));
  const said = [
    contact && words.report.contact[contact],
    position === null ? null : words.report.position(position),
    battery === null ? null : words.report.battery(battery),
  ].filter(Boolean);
  return said.length > 0 ? said.join(' · ') : words.report.nothing;
}
