import { describe, expect, test } from 'vitest';
import { Refused } from '../model.ts';
import { field, readJson, readObject } from './read-json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const reasonOf = (payload: Uint8Array, read: (payload: Uint8Array) => unknown = readJson) => {
  try {
    read(payload);
    return 'ok';
  } catch (error) {
    return error instanceof Refused ? error.reason : error;
  }
};

describe("a source's JSON", () => {
  test.each([
    ['ok', '[]'],
    ['ok', `{"a":${'['.repeat(11)}${']'.repeat(11)}}`],
    ['ok', '{"note":"[[[[[[[[[[[[[[[[\\"[["}'],
    ['too_deep', '['.repeat(13)],
    ['too_large', `{"a":"${'a'.repeat(64 * 1_024)}"}`],
    ['not_json', ''],
    ['not_json', '{"a":'],
    ['not_an_object', '"online"'],
    ['not_an_object', 'null'],
  ])('%s: %.20s', (reason, text) => {
    expect(reasonOf(bytes(text))).toBe(reason);
  });

  test('is refused where it is no UTF-8, and as an array where an object is asked for', () => {
    expect(reasonOf(Uint8Array.of(0x7b, 0xff, 0x7d))).toBe('not_utf8');
    expect(reasonOf(bytes('[]'), readObject)).toBe('not_an_object');
  });

  test('has no property that it did not bring, and null is none', () => {
    const json = readObject(bytes('{"__proto__":{"contact":true},"a":null}'));
    for (const key of ['contact', 'constructor', 'toString', 'a']) expect(field(json, key)).toBeUndefined();
  });
});
