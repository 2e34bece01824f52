import { describe, expect, it } from 'vitest';
import type { Refusal } from '#contracts/bridge/formats.ts';
import { type Frame, NOTHING_READ, type Reading, Refused } from '../../model.ts';
import { DECODERS, type DecodedFormat } from '../registry.ts';

/** A frame of a maker's own document, or one made by its table, and what it says. */
export type Vector = {
  means: string;
  hex: string;
  fPort: number | null;
  says: Partial<Reading>;
};

/** A frame that must not be read. */
export type Refusable = { means: string; hex: string; fPort: number | null; refused: Refusal };

export const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

export const frameOf = ({ hex, fPort }: { hex: string; fPort: number | null }): Frame => ({
  bytes: bytesOf(hex),
  fPort,
});

/** What a decoder made of a frame: a reading, or why it refused; anything else that it throws is thrown on. */
export function outcomeOf(format: DecodedFormat, frame: Frame): Reading | Refusal {
  try {
    return DECODERS[format].decode(frame);
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

/** One test for each vector of a format and each frame that it refuses. */
export function testVectors(
  format: DecodedFormat,
  vectors: readonly Vector[],
  refusable: readonly Refusable[],
): void {
  describe(format, () => {
    it.each(vectors.map((vector) => [vector.means, vector] as const))('reads %s', (_, vector) => {
      expect(outcomeOf(format, frameOf(vector))).toEqual({ ...NOTHING_READ, ...vector.says });
    });
    it.each(refusable.map((frame) => [frame.means, frame] as const))('refuses %s', (_, frame) => {
      expect(outcomeOf(format, frameOf(frame))).toBe(frame.refused);
    });
  });
}
