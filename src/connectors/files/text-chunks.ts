import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { UnreadableFileError } from '../../errors/unreadable-file-error';
import { reasonOf } from '../../errors/reason-of';
import type { FileStore } from './file-store';
import { firstByte, linesOf } from './line-range';
import type { PlannedFile } from './partition-spec';

export interface TextCoding {
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly encoding: 'utf-8' | 'utf-16' | 'latin-1';
}

/** The content of a text file as UTF-8, unpacked, chunk by chunk. Throws `file-unreadable` naming the file when it cannot be unpacked. */
export async function* textChunks(
  body: Readable,
  { compression, encoding }: TextCoding,
  path: string,
  store: Pick<FileStore, 'errorOf'>,
): AsyncGenerator<Buffer> {
  const unpacker = compression === 'none' ? null : compression === 'gzip' ? createGunzip() : createZstdDecompress();
  let broken: unknown;
  if (unpacker) {
    body.on('error', (error) => {
      broken = error;
      unpacker.destroy(error);
    });
    body.pipe(unpacker);
  }
  try {
    for await (const chunk of decoded(unpacker ?? body, encoding)) yield chunk;
  } catch (error) {
    if (unpacker && broken === undefined) {
      throw new UnreadableFileError(`${path} cannot be read as ${compression}: ${reasonOf(error)}`, error);
    }
    throw store.errorOf(error, path);
  } finally {
    body.destroy();
    unpacker?.destroy();
  }
}

/** The content of a planned file, or of its lines that the partition has. Leaving early ends the download. */
export async function* fileChunks(file: PlannedFile, coding: TextCoding, store: FileStore): AsyncGenerator<Buffer> {
  const { lines, path } = file;
  if (lines === undefined) {
    yield* textChunks(await store.stream(file), coding, path, store);
    return;
  }
  yield* linesOf(textChunks(await store.stream(file, firstByte(lines)), coding, path, store), lines);
}

async function* decoded(bytes: AsyncIterable<Buffer>, encoding: TextCoding['encoding']): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    yield* bytes;
    return;
  }
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of bytes) {
    if (encoding === 'latin-1') {
      yield Buffer.from(chunk.toString('latin1'));
      continue;
    }
    decoder ??= new TextDecoder(chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : 'utf-16le');
    yield Buffer.from(decoder.decode(chunk, { stream: true }));
  }
  if (decoder) yield Buffer.from(decoder.decode());
}
