import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { REFUSALS } from '#contracts/bridge/formats.ts';
import { NOTHING_READ, type Reading } from '../model.ts';
import { DECODERS, type DecodedFormat } from './registry.ts';
import { contactless } from './testing/contactless.ts';
import { VECTORS } from './testing/vectors/all.ts';
import { frameOf, outcomeOf } from './testing/vectors.ts';

const FORMATS = Object.keys(DECODERS) as DecodedFormat[];

/** Ports of LoRaWAN, those of the format more often, and none. */
const portFor = (format: DecodedFormat) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...DECODERS[format].fPorts, null) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
  );

/** Every opening that a reading holds. */
const openingsIn = (reading: Reading): string[] => [
  ...(reading.contact === 'open' ? ['now'] : []),
  ...reading.history.filter(({ contact }) => contact === 'open').map(({ at }) => String(at)),
];

describe.each(FORMATS)('%s', (format) => {
  const vectors = VECTORS[format];

  it('reads or refuses whatever comes, and throws nothing else', () => {
    // Bytes by chance rarely look like a frame: half of them are a vector with one byte changed.
    const altered = fc
      .tuple(fc.constantFrom(...vectors), fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([vector, index, value]) => {
        const { bytes } = frameOf(vector);
        bytes[index % bytes.length] = value;
        return bytes;
      });
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 64 }), altered);
    fc.assert(
      fc.property(bytes, portFor(format), (sent, fPort) => {
        const outcome = outcomeOf(format, { bytes: sent, fPort });
        if (typeof outcome === 'string') expect(REFUSALS).toContain(outcome);
        else expect(Object.keys(outcome)).toEqual(Object.keys(NOTHING_READ));
      }),
      { numRuns: 300 },
    );
  });

  it('truncated frames are refused, or hold no opening that the whole one has not', () => {
    for (const vector of vectors) {
      const { bytes, fPort } = frameOf(vector);
      const whole = openingsIn({ ...NOTHING_READ, ...vector.says });
      for (let length = 0; length < bytes.length; length += 1) {
        const outcome = outcomeOf(format, { bytes: bytes.subarray(0, length), fPort });
        if (typeof outcome !== 'string') expect(whole).toEqual(expect.arrayContaining(openingsIn(outcome)));
      }
    }
  });

  it('leaves the bytes as they were', () => {
    for (const vector of vectors) {
      const frame = frameOf(vector);
      outcomeOf(format, frame);
      expect(frame).toEqual(frameOf(vector));
    }
  });
});

// Browan's two devices have one frame, and the contact is always in it.
const CONTACTLESS = Object.keys(contactless) as (keyof typeof contactless)[];
it.each(CONTACTLESS)('%s finds no opening in a frame that carries no contact', (format) => {
  fc.assert(
    fc.property(contactless[format], (frame) => {
      expect(outcomeOf(format, frame)).toMatchObject({ contact: null, history: [], position: null });
    }),
    { numRuns: 200 },
  );
});

describe('the time zone of the host', () => {
  const before = process.env.TZ;
  afterEach(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });

  it('changes nothing that a decoder says', () => {
    const readAll = () =>
      FORMATS.flatMap((format) => VECTORS[format].map((vector) => outcomeOf(format, frameOf(vector))));
    const [shanghai, newYork] = ['Asia/Shanghai', 'America/New_York'].map((zone) => {
      process.env.TZ = zone;
      return { hour: new Date(0).getHours(), said: readAll() };
    });
    expect(newYork?.hour).not.toBe(shanghai?.hour);
    expect(newYork?.said).toEqual(shanghai?.said);
  });
});
