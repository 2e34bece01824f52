import { PactError } from '../errors.ts';

/** A named piece of an archive, small enough for the memory. */
export type Part = { name: string; bytes: Uint8Array };

const BLOCK = 512;
const MOST_PART_BYTES = 16 * 1024 * 1024;

/** The parts as a tar, so that whoever has the key can look into it with what every system has. */
export async function* packArchive(parts: AsyncIterable<Part>): AsyncGenerator<Uint8Array> {
  for await (const { name, bytes } of parts) {
    yield headerOf(name, bytes.length);
    yield bytes;
    yield Buffer.alloc(paddingOf(bytes.length));
  }
  yield Buffer.alloc(2 * BLOCK);
}

/**
 * What `packArchive` has packed.
 * @throws PactError BACKUP_DAMAGED where it is something else, or has no end
 */
export async function* unpackArchive(source: AsyncIterable<Uint8Array>): AsyncGenerator<Part> {
  const reader = createReader(source);
  try {
    for (;;) {
      const header = await reader.take(BLOCK);
      if (header.every((byte) => byte === 0)) return;
      const { name, size } = readHeader(header);
      const bytes = await reader.take(size);
      await reader.take(paddingOf(size));
      yield { name, bytes };
    }
  } finally {
    await reader.end();
  }
}

/** A header of POSIX ustar; the sum is taken as if its own place held blanks. */
function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  if (header.write(name, 0, 100) !== Buffer.byteLength(name)) throw new Error(`${name} is too long`);
  header.write('0000600\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function readHeader(header: Buffer): { name: string; size: number } {
  const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
  const isOurs = header.toString('latin1', 257, 262) === 'ustar' && sumOf(header) === sumIn(header);
  if (!isOurs || !(size <= MOST_PART_BYTES)) throw damaged('a part of it has no readable beginning');
  return { name: header.toString('utf8', 0, header.indexOf(0)), size };
}

const sumIn = (header: Buffer): number => Number.parseInt(header.toString('latin1', 148, 154), 8);
const sumOf = (header: Buffer): number =>
  header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

function createReader(source: AsyncIterable<Uint8Array>) {
  const chunks = source[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  return {
    async take(bytes: number): Promise<Buffer> {
      const gathered = [held];
      let length = held.length;
      while (length < bytes) {
        const next = await chunks.next();
        if (next.done) throw damaged('it ends too early');
        gathered.push(Buffer.from(next.value));
        length += next.value.length;
      }
      const all = Buffer.concat(gathered);
      held = all.subarray(bytes);
      return all.subarray(0, bytes);
    },
    end: async () => void (await chunks.return?.()),
  };
}

const damaged = (what: string): PactError =>
  new PactError('BACKUP_DAMAGED', `The backup is damaged: ${what}.`);
