import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** One face of a document: its characters come from many small files of a font package, each cut down to what is used. */
export type Typeface = {
  /** A line as pieces, each in the font that has its characters. */
  pieces(text: string): { font: Buffer; text: string }[];
};

type Source = { file: string; ranges: readonly (readonly [first: number, last: number])[] };

/** Noto Serif SC (SIL Open Font License 1.1): Chinese and Latin, in every weight. */
const PACKAGE = '@fontsource-variable/noto-serif-sc';
const { resolve } = createRequire(import.meta.url);
let sources: Promise<readonly Source[]> | undefined;

/**
 * A typeface for these texts and no others, small enough to be embedded: a document in Chinese then needs no font on
 * the machine that makes or reads it, and its text can be searched. A character that the font does not have is left out.
 * @param weight 200 (light) to 900 (black)
 */
export async function createTypeface(texts: readonly string[], weight: number): Promise<Typeface> {
  sources ??= readSources();
  const known = await sources;
  const sourceOf = (character: string): Source | undefined => {
    const code = character.codePointAt(0) ?? 0;
    return known.find(({ ranges }) => ranges.some(([first, last]) => first <= code && code <= last));
  };
  const used = Map.groupBy(new Set(texts.join('')), sourceOf);
  // Few services ever print, and a start is not to wait for it.
  const { default: subsetFont } = await import('subset-font');
  const fonts = new Map<Source, Buffer>();
  for (const [source, characters] of used) {
    if (!source) continue;
    const whole = await readFile(resolve(`${PACKAGE}/files/${source.file}`));
    const options = { targetFormat: 'sfnt', variationAxes: { wght: weight } } as const;
    fonts.set(source, await subsetFont(whole, characters.join(''), options));
  }
  return {
    pieces(text) {
      const pieces: { font: Buffer; text: string }[] = [];
      for (const character of text) {
        const source = sourceOf(character);
        const font = source && fonts.get(source);
        if (!font) continue;
        const last = pieces.at(-1);
        if (last?.font === font) last.text += character;
        else pieces.push({ font, text: character });
      }
      return pieces;
    },
  };
}

/** Which file of the package has which characters; of two that have the same one the first is taken. */
async function readSources(): Promise<Source[]> {
  const ranges: Record<string, string> = JSON.parse(
    await readFile(resolve(`${PACKAGE}/unicode.json`), 'utf8'),
  );
  return Object.entries(ranges).map(([name, list]) => ({
    file: `noto-serif-sc-${name.replace(/[[\]]/g, '')}-wght-normal.woff2`,
    ranges: list.split(',').map((range) => {
      const [first = '', last = first] = range.trim().replace('U+', '').split('-');
      return [Number.parseInt(first, 16), Number.parseInt(last, 16)] as const;
    }),
  }));
}
