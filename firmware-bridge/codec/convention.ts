/**
 * What stands in the codec's own machine beside it: it calls whichever of the makers' conventions the codec keeps, and
 * takes hold of what it needs before the codec can change it. `run` answers an object that says which convention it was;
 * `write` makes JSON of that; `say` puts a thrown value in words, with the line.
 *
 * The conventions: `decodeUplink({ bytes, fPort, recvTime, variables })` of The Things Stack and ChirpStack v4,
 * `Decoder(bytes, port)` of The Things Network v2, `Decode(fPort, bytes, variables)` of ChirpStack v3; many makers' files
 * have all three. Some say `exports.decodeUplink = …` without looking whether that is there, and some leave a
 * `console.log` behind: both are there, and lead nowhere.
 */
export const CONVENTION = `(() => {
  'use strict';
  const { parse, stringify } = JSON;
  const Moment = Date;
  const text = String;
  const mute = () => undefined;
  globalThis.console = { log: mute, debug: mute, info: mute, warn: mute, error: mute };
  globalThis.module = { exports: {} };
  globalThis.exports = globalThis.module.exports;
  const isFunction = (value) => typeof value === 'function';
  return {
    run: (input) => {
      const { bytes, fPort, receivedAt } = parse(input);
      const exported = typeof module === 'object' && module !== null ? (module.exports ?? {}) : {};
      const uplink = typeof decodeUplink === 'function' ? decodeUplink : exported.decodeUplink;
      const decoder = typeof Decoder === 'function' ? Decoder : exported.Decoder;
      const decode = typeof Decode === 'function' ? Decode : exported.Decode;
      const recvTime = new Moment(receivedAt);
      if (isFunction(uplink)) return { uplink: uplink({ bytes, fPort, recvTime, variables: {} }) };
      if (isFunction(decoder)) return { data: decoder(bytes, fPort) };
      if (isFunction(decode)) return { data: decode(fPort, bytes, {}) };
      throw new ReferenceError('decodeUplink, Decoder, Decode: not defined');
    },
    write: (result) => stringify(result),
    say: (thrown) => {
      if (typeof thrown !== 'object' || thrown === null) return text(thrown);
      return text(thrown.name) + ': ' + text(thrown.message) + '\\n' + text(thrown.stack);
    },
  };
})()`;
