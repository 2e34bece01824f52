import { Refused } from '../model.ts';

/** Reads a frame from its first byte to its last; every reading beyond the end is refused as `too_short`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Refused('too_short');
    this.#at += 1;
    return byte;
  }

  /** An unsigned number with its lowest byte first. */
  le(length: number): number {
    let value = 0;
    for (let index = 0; index < length; index += 1) value += this.u8() * 256 ** index;
    return value;
  }

  /** An unsigned number with its highest byte first. */
  be(length: number): number {
    let value = 0;
    for (let index = 0; index < length; index += 1) value = value * 256 + this.u8();
    return value;
  }

  skip(length: number): void {
    if (length > this.left) throw new Refused('too_short');
    this.#at += length;
  }
}

/** @throws Refused `too_short` or `too_long` where a frame of fixed length has another */
export function demandLength(bytes: Uint8Array, length: number): void {
  if (bytes.length < length) throw new Refused('too_short');
  if (bytes.length > length) throw new Refused('too_long');
}

/** @throws Refused `bad_value` for a byte of yes or no that is neither: what it means of a curtain must not be guessed */
export function yesOrNo(byte: number): boolean {
  if (byte > 1) throw new Refused('bad_value');
  return byte === 1;
}

export const contactOf = (isOpen: boolean): 'open' | 'closed' => (isOpen ? 'open' : 'closed');

/** A share of 100; anything above says nothing. An opening is not lost for a battery's odd byte. */
export const percentOf = (byte: number): number | null => (byte <= 100 ? byte : null);
