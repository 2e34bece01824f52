import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sourceTextOf } from './source-text.ts';

test.each([
  ['{"msg":1}', '1'],
  ['{ "a" : {"msg":2} , "msg" : [ 1, "]" ] }', '[ 1, "]" ]'],
  ['{"m\\u0073g":"x\\"}"}', '"x\\"}"'],
  ['{"msg":1,"msg":true}', 'true'],
  ['{"msg": null }', 'null'],
  ['{"a":1}', undefined],
  ['{}', undefined],
])('finds the text of msg in %s', (json, expected) => {
  expect(sourceTextOf(json, 'msg')).toBe(expected);
});

test('what it finds is the value, in any JSON', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(object, fc.jsonValue(), fc.constantFrom('', ' ', '\t'), (others, msg, space) => {
      const json = JSON.stringify({ ...others, msg }, null, space);
      expect(JSON.parse(sourceTextOf(json, 'msg') ?? '')).toEqual(JSON.parse(json).msg);
    }),
    { numRuns: 300 },
  );
});
