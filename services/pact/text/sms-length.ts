/**
 * What one SMS holds (3GPP TS 23.038): 160 septets where every character is in the GSM 7-bit alphabet, those
 * of its extension counting twice, else 70 UTF-16 code units.
 */
export const MOST_SEPTETS = 160;
export const MOST_CODE_UNITS = 70;

const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const GSM_EXTENDED = '^{}\\[~]|€';

/** Septets of a text in the GSM alphabet; undefined when a character is outside of it. */
export function septetsOf(text: string): number | undefined {
  let septets = 0;
  for (const character of text) {
    if (GSM_BASIC.includes(character)) septets += 1;
    else if (GSM_EXTENDED.includes(character)) septets += 2;
    else return undefined;
  }
  return septets;
}

export function fitsOneSms(text: string): boolean {
  const septets = septetsOf(text);
  return septets === undefined ? text.length <= MOST_CODE_UNITS : septets <= MOST_SEPTETS;
}

/** The first text that fits one SMS, of several ordered from the fullest to the barest; the barest if none does. */
export function fullestThatFits(texts: readonly [string, ...string[]]): string {
  return texts.find(fitsOneSms) ?? texts.at(-1) ?? texts[0];
}
