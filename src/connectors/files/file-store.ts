import type { Readable } from 'node:stream';
import type { SluiceError } from '../../errors/sluice-error';
import type { FileVersion } from '../../model/slice';

/** One file version to read from; reads are pinned to its ETag, so that all of them see the same bytes. */
export type StoredFile = Pick<FileVersion, 'path' | 'etag' | 'bytes'>;

/** A place with files: a container, a folder. Errors are `SluiceError`s with the connection's name. */
export interface FileStore {
  /** The place, for errors. */
  readonly name: string;
  /** The files that a glob such as `flights/*.parquet` names, by path. Throws `source-not-found` when there is no such place. */
  list(glob: string): Promise<FileVersion[]>;
  /** The bytes from `offset` on. Abort it when the rest is not needed. Throws `source-changed` when the version is gone. */
  stream(file: StoredFile, offset?: number, length?: number, signal?: AbortSignal): Promise<Readable>;
  /** Writes a range into a local file that exists, at the same offset. Throws `source-count-mismatch` when bytes are missing. */
  range(file: StoredFile, offset: number, length: number, local: string): Promise<void>;
  /** What went wrong while a stream was read, as an error that says what to do. */
  errorOf(error: unknown, what: string): SluiceError;
  /** Tries the place in words: what works, what does not. */
  test(): Promise<readonly string[]>;
}
