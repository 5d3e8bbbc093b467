import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { SluiceError } from '../errors/sluice-error';
import { SourceUnavailableError } from '../errors/source-unavailable-error';
import type { FileVersion } from '../model/slice';
import type { FileStore, StoredFile } from './files/file-store';

/** One file whose content is in memory, for the readers of files. */
export class MemoryFile implements FileStore {
  readonly name = 'memory';

  constructor(
    private readonly path: string,
    private readonly content: Buffer,
  ) {}

  list(): Promise<FileVersion[]> {
    const version = { path: this.path, etag: 'memory', bytes: this.content.length };
    return Promise.resolve([{ ...version, modifiedAt: '1970-01-01T00:00:00.000Z' }]);
  }

  stream(_file: StoredFile, offset = 0, length = this.content.length - offset): Promise<Readable> {
    return Promise.resolve(Readable.from([this.content.subarray(offset, offset + length)]));
  }

  async range(_file: StoredFile, offset: number, length: number, local: string): Promise<void> {
    const handle = await open(local, 'r+');
    try {
      await handle.write(this.content.subarray(offset, offset + length), 0, length, offset);
    } finally {
      await handle.close();
    }
  }

  errorOf(error: unknown, what: string): SluiceError {
    return error instanceof SluiceError ? error : new SourceUnavailableError(what, this.name, error);
  }

  test(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
}
