import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { NOTHING_READ } from '../model.ts';
import { challengeOf, onenet, verifyOneNet } from './onenet.ts';
import { arrival, onlyUplink, readingOf, refusalOf } from './testing/arrivals.ts';

const AT = 1466133706841;
/** From OneNET's document on HTTP push, with a stream of a door. */
const VALUE = { type: 1, dev_id: 2016617, ds_id: 'door_status', at: AT, value: 1 };
const PRESENCE = { type: 2, dev_id: 2016617, status: 0, login_type: 10, at: AT };

const push = (msg: unknown) => arrival('', { msg, msg_signature: '…', nonce: 'abcdefgh' });
const read = (msg: unknown) => onenet.read(push(msg));

describe('OneNET', () => {
  test('reads a value of a data stream', () => {
    expect(onlyUplink(read(VALUE))).toEqual({
      address: '2016617',
      name: null,
      model: null,
      onceKey: `2016617/${AT}/door_status/1`,
      frameCounter: null,
      networkAt: AT,
      rssi: null,
      says: 'reading',
      reading: { ...NOTHING_READ, contact: 'open' },
    });
  });

  test('a value may be an object, or the bytes of the device in hexadecimal', () => {
    expect(readingOf(read({ ...VALUE, ds_id: 'data', value: { door: 0, battery: 71 } }))).toEqual({
      ...NOTHING_READ,
      contact: 'closed',
      battery: 71,
    });
    expect(onlyUplink(read({ ...VALUE, ds_id: '3300_0_5750', value: '030001' }))).toMatchObject({
      says: 'frame',
      frame: { bytes: Uint8Array.of(3, 0, 1), fPort: null },
    });
  });

  test('several messages, also as the text of JSON: a bad one loses nobody', () => {
    const msg = [VALUE, { ...VALUE, ds_id: 'temperature' }, { ...VALUE, at: String(AT), dev_id: 2017618 }];
    for (const told of [msg, JSON.stringify(msg)]) {
      const said = read(told);
      expect(said.uplinks).toMatchObject([{ address: '2016617' }, { address: '2017618', networkAt: AT }]);
      expect(said.refusals).toEqual(['unknown_field']);
    }
  });

  test('type 2 says whether the device is there, and type 7 nothing', () => {
    expect(onlyUplink(read(PRESENCE))).toMatchObject({ says: 'presence', online: false });
    expect(onlyUplink(read({ ...PRESENCE, status: 1 }))).toMatchObject({ says: 'presence', online: true });
    expect(read({ type: 7, dev_id: 1, cmd_id: 'x' }).uplinks).toEqual([]);
  });

  test.each([
    ['field_missing', push(undefined)],
    ['field_missing', push({ ...VALUE, dev_id: undefined })],
    ['field_missing', push({ ...VALUE, value: undefined })],
    ['bad_value', push({ ...PRESENCE, status: 'gone' })],
    ['not_json', push('{')],
    ['encrypted', arrival('', { enc_msg: 'x', nonce: 'abcdefgh', msg_signature: 'y' })],
  ])('refuses with %s', (reason, message) => {
    expect(refusalOf(onenet, message)).toBe(reason);
  });
});

describe('who pushes', () => {
  const TOKEN = 'a-token-of-ours';
  const md5 = (text: string) => createHash('md5').update(text, 'utf8').digest('base64');
  const signed = (msg: string, signature = md5(`${TOKEN}abcdefgh${msg}`)) =>
    new TextEncoder().encode(`{"msg":${msg}, "msg_signature":"${signature}","nonce":"abcdefgh"}`);
  const verify = (body: Uint8Array) => verifyOneNet(body, TOKEN, md5);

  test('OneNET, where the digest of token, nonce and message is right', () => {
    expect(verify(signed(JSON.stringify(VALUE)))).toBe(true);
    // Its own spelling of the message counts, spaces, escapes and all.
    expect(verify(signed('[ {"type": 1, "note": "a\\u0022}"} ]'))).toBe(true);
  });

  test('OneNET, where it signed the message and wrote it with spaces', () => {
    const signature = md5(`${TOKEN}abcdefgh${JSON.stringify(VALUE)}`);
    expect(verify(signed(JSON.stringify(VALUE, null, 1), signature))).toBe(true);
  });

  test('OneNET, where the message is a text', () => {
    const text = JSON.stringify(VALUE);
    expect(verify(signed(JSON.stringify(text), md5(`${TOKEN}abcdefgh${text}`)))).toBe(true);
  });

  test('nobody we know, where message, token or digest is another', () => {
    const right = md5(`${TOKEN}abcdefgh${JSON.stringify(VALUE)}`);
    expect(verify(signed(JSON.stringify({ ...VALUE, value: 0 }), right))).toBe(false);
    expect(verify(signed('{}', ''))).toBe(false);
    expect(verifyOneNet(signed('{}'), 'another', md5)).toBe(false);
  });

  test('is answered with the message when the address is set up', () => {
    expect(challengeOf({ msg: 'abc123' })).toBe('abc123');
    for (const msg of [undefined, ['a'], '', 'a b', '<b>\n', 'x'.repeat(257)])
      expect(challengeOf({ msg })).toBeNull();
  });
});
