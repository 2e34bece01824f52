import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { PactError, reasonOf } from '../errors.ts';

/**
 * Writes a stream compressed by zstd and sealed by age to a new file that only its owner may read, down to the disk.
 * @param recipients each of whose keys opens it
 * @returns its size in bytes
 */
export async function writeSealed(
  file: string,
  recipients: readonly string[],
  source: AsyncIterable<Uint8Array>,
): Promise<number> {
  // It is large, and a service seals once a night.
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const handle = await open(file, 'wx', 0o600);
  try {
    const sealed = await encrypter.encrypt(toWeb(chain(Readable.from(source), createZstdCompress())));
    let bytes = 0;
    for await (const chunk of Readable.fromWeb(sealed as Parameters<typeof Readable.fromWeb>[0])) {
      await handle.appendFile(chunk);
      bytes += chunk.length;
    }
    await handle.sync();
    return bytes;
  } finally {
    await handle.close();
  }
}

/**
 * What `writeSealed` was given. age checks every 64 KiB and that none is missing, exchanged or behind the end, so that
 * nothing comes out that was not put in; a file that was cut off comes out until there, and then throws.
 * @throws PactError BACKUP_KEY_WRONG, BACKUP_DAMAGED, NOT_FOUND
 */
export async function* readSealed(file: string, identity: string): AsyncGenerator<Uint8Array> {
  try {
    const { Decrypter } = await import('age-encryption');
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const plain = await decrypter.decrypt(toWeb(createReadStream(file)));
    const source = Readable.fromWeb(plain as Parameters<typeof Readable.fromWeb>[0]);
    for await (const chunk of chain(source, createZstdDecompress())) yield chunk;
  } catch (error) {
    throw asFault(error);
  }
}

/** A fault of the first breaks the second off; whoever reads that one hears of it. */
const chain = <T extends NodeJS.ReadWriteStream & Readable>(source: Readable, through: T): T => {
  pipeline(source, through, () => undefined);
  return through;
};

const toWeb = (stream: Readable) => Readable.toWeb(stream) as ReadableStream<Uint8Array>;

function asFault(error: unknown): PactError {
  const why = reasonOf(error);
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    return new PactError('NOT_FOUND', 'There is no such backup file.', { cause: error });
  }
  if (why.startsWith('no identity matched')) {
    return new PactError('BACKUP_KEY_WRONG', 'This recovery key does not open this backup.', {
      cause: error,
      hint: 'Take the recovery key that was shown when the first backup of this series was made.',
    });
  }
  return new PactError('BACKUP_DAMAGED', `The backup cannot be read: ${why}.`, {
    cause: error,
    hint: 'Copy the file again, or take an older one. If it opened before, its disk is failing.',
  });
}
