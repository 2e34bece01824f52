/**
 * What stands in the codec's own machine beside it: it calls whichever of the makers' conventions the codec keeps, and
 * takes hold of what it needs before the codec can change it. `run` answers an object that says which convention it was;
 * `write` makes JSON of that; `say` puts a thrown value in words, with the line.
 *
 * The conventions: `decodeUplink({ bytes, fPort, recvTime, variables })` of The Things Stack and ChirpStack v4,
 * `Decoder(bytes, port)` of The Things Network v2, `Decode(fPort, bytes, variables)` of ChirpStack v3.
 */
export const CONVENTION = `(() => {
  'use strict';
  const { parse, stringify } = JSON;
  const Moment = Date;
  const text = String;
  return {
    run: (input) => {
      const { bytes, fPort, receivedAt } = parse(input);
      if (typeof decodeUplink === 'function') {
        return { uplink: decodeUplink({ bytes, fPort, recvTime: new Moment(receivedAt), variables: {} }) };
      }
      if (typeof Decoder === 'function') return { data: Decoder(bytes, fPort) };
      if (typeof Decode === 'function') return { data: Decode(fPort, bytes, {}) };
      throw new ReferenceError('decodeUplink, Decoder, Decode: not defined');
    },
    write: (result) => stringify(result),
    say: (thrown) => {
      if (typeof thrown !== 'object' || thrown === null) return text(thrown);
      return text(thrown.name) + ': ' + text(thrown.message) + '\\n' + text(thrown.stack);
    },
  };
})()`;
