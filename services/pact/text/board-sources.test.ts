import { expect, it } from 'vitest';
import { REFUSALS, SHORTCOMINGS, SOURCE_FORMAT_NAMES, SOURCE_FORMATS } from '#contracts/bridge/formats.ts';
import { SOURCES_TEXT } from './board-sources.ts';

it.each(Object.entries(SOURCES_TEXT))(
  'says every format, shortcoming and refusal in words: %s',
  (_, words) => {
    for (const format of SOURCE_FORMAT_NAMES) {
      expect([words.formats[format], words.about[format]]).toEqual([expect.any(String), expect.any(String)]);
      if (SOURCE_FORMATS[format].kind === 'push') expect(words.push.how[format]).toEqual(expect.any(String));
    }
    expect(SHORTCOMINGS.filter((lack) => !words.lacks[lack])).toEqual([]);
    expect(REFUSALS.filter((refusal) => !words.refusals[refusal])).toEqual([]);
  },
);

it('says the same things in both languages', () => {
  const keysOf = (value: unknown): unknown =>
    value !== null && typeof value === 'object'
      ? Object.entries(value).map(([key, inner]) => [key, keysOf(inner)])
      : typeof value;
  expect(keysOf(SOURCES_TEXT.en)).toEqual(keysOf(SOURCES_TEXT['zh-CN']));
});
