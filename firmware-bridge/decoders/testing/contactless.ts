import fc from 'fast-check';
import type { Frame } from '../../model.ts';
import type { DecodedFormat } from '../registry.ts';

const byte = fc.integer({ min: 0, max: 255 });
const bytes = (length: number) => fc.array(byte, { minLength: length, maxLength: length });

/** A chain of fields, each a fixed head and a value of so many bytes by chance. */
const chain = (fields: readonly (readonly [head: readonly number[], length: number])[]) =>
  fc
    .array(
      fc.constantFrom(...fields).chain(([head, length]) => bytes(length).map((value) => [...head, ...value])),
      { minLength: 1, maxLength: 6 },
    )
    .map((parts) => parts.flat());

const onPort = (arbitrary: fc.Arbitrary<number[]>, fPort: number | null): fc.Arbitrary<Frame> =>
  arbitrary.map((content) => ({ bytes: Uint8Array.from(content), fPort }));

const milesightSelf = [
  [[0x01, 0x75], 1],
  [[0xff, 0x01], 1],
  [[0xff, 0x09], 2],
  [[0xff, 0x0a], 2],
  [[0xff, 0xff], 2],
  [[0xff, 0x0f], 1],
  [[0xff, 0xfe], 1],
  [[0xff, 0x0b], 1],
  [[0xfe, 0x03], 2],
  [[0xff, 0x10], 1],
] as const;

/** A leak, or a count on the other port. */
const lds0x = fc.oneof(
  onPort(
    fc.tuple(bytes(2), bytes(7)).map(([status, rest]) => [...status, 2, ...rest]),
    10,
  ),
  onPort(bytes(5), 7),
);

const netvox = (type: number) =>
  fc.oneof(
    onPort(
      bytes(8).map((rest) => [1, type, 0, ...rest]),
      6,
    ),
    onPort(
      fc.tuple(fc.constantFrom(0x81, 0x82), bytes(9)).map(([answer, rest]) => [answer, type, ...rest]),
      7,
    ),
  );

/** Frames that a format reads and that carry nothing of a contact: battery, temperature, counts, settings. */
export const contactless: Record<
  Exclude<DecodedFormat, 'browan_tbdw100' | 'merryiot_dw10'>,
  fc.Arbitrary<Frame>
> = {
  milesight_ws301: onPort(chain([...milesightSelf, [[0xff, 0x08], 6]]), 85),
  milesight_em300_mcs: onPort(
    chain([...milesightSelf, [[0x03, 0x67], 2], [[0x04, 0x68], 1], [[0xff, 0x16], 8], [[0xfe, 0x06], 9]]),
    85,
  ),
  dragino_lds01: lds0x,
  dragino_lds02: lds0x,
  dragino_lds03a: fc.oneof(
    onPort(bytes(7), 4),
    onPort(bytes(11), 4),
    onPort(
      bytes(6).map((rest) => [0x0a, ...rest]),
      5,
    ),
  ),
  netvox_r311a: netvox(0x02),
  netvox_r718f: netvox(0x1d),
  radio_bridge_rbs301_dws: onPort(
    fc
      .tuple(fc.integer({ min: 0x10, max: 0x1f }), fc.constantFrom(0x01, 0xfb, 0xff), bytes(9))
      .map(([head, message, rest]) => [head, message, ...rest]),
    2,
  ),
  elsys: onPort(
    chain([
      [[0x01], 2],
      [[0x02], 1],
      [[0x03], 3],
      [[0x07], 2],
      [[0x0a], 2],
      [[0x0b], 4],
      [[0x0f], 1],
      [[0x12], 1],
    ]),
    5,
  ),
  sensative_strips: fc.oneof(
    onPort(
      fc
        .tuple(
          bytes(2),
          chain([
            [[0x00], 0],
            [[0x01], 1],
            [[0x02], 2],
            [[0x0a], 1],
            [[0x11], 2],
            [[0x6e], 8],
            [[0x82], 2],
          ]),
        )
        .map((parts) => parts.flat()),
      1,
    ),
    // Its log has no time that could be told.
    onPort(
      fc
        .tuple(bytes(2), fc.array(fc.tuple(bytes(4), fc.constantFrom(0, 1)), { minLength: 1, maxLength: 4 }))
        .map(([number, records]) => [...number, ...records.flatMap(([ago, open]) => [...ago, 9, open])]),
      2,
    ),
  ),
  bthome_v2: onPort(
    chain([
      [[0x00], 1],
      [[0x01], 1],
      [[0x02], 2],
      [[0x05], 3],
      [[0x09], 1],
      [[0x1b], 1],
      [[0x21], 1],
      [[0x3e], 4],
      [[0x3f], 2],
      [[0x50], 4],
      [[0x53, 0x02], 2],
    ]).map((objects) => [0x40, ...objects]),
    null,
  ),
};
