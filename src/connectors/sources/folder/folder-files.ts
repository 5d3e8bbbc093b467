import { createWriteStream } from 'node:fs';
import { lstat, open, readdir, type FileHandle } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AuthenticationFailedError } from '../../../errors/authentication-failed-error';
import { EngineDiskFullError } from '../../../errors/engine-disk-full-error';
import { SluiceError } from '../../../errors/sluice-error';
import { SourceChangedError } from '../../../errors/source-changed-error';
import { SourceCountError } from '../../../errors/source-count-error';
import { SourceNotFoundError } from '../../../errors/source-not-found-error';
import { SourceUnavailableError } from '../../../errors/source-unavailable-error';
import type { FileVersion } from '../../../model/slice';
import type { FileStore, StoredFile } from '../../files/file-store';
import { fixedPart, isPattern, matchesFile } from '../../files/is-pattern';

/** The files below a folder of this machine. Links are not followed, so that no path leads out of it. */
export class FolderFiles implements FileStore {
  readonly name: string;
  private readonly root: string;

  constructor(
    folder: string,
    private readonly connection: string,
  ) {
    this.name = folder;
    this.root = resolve(folder);
  }

  async list(glob: string): Promise<FileVersion[]> {
    const found: FileVersion[] = [];
    try {
      await readdir(this.root);
      for await (const path of filesBelow(this.root, glob)) {
        if (!matchesFile(path, glob)) continue;
        const facts = await unlessGone(lstat(join(this.root, path), { bigint: true }));
        if (facts?.isFile() !== true) continue;
        const { size, mtimeNs, ino } = facts;
        const modifiedAt = new Date(Number(mtimeNs / 1_000_000n)).toISOString();
        found.push({ path, etag: etagOf(ino, mtimeNs, size), bytes: Number(size), modifiedAt });
      }
    } catch (error) {
      throw this.errorOf(error, `folder ${this.name}`);
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async stream(file: StoredFile, offset = 0, length?: number, signal?: AbortSignal): Promise<Readable> {
    const handle = await this.pinned(file);
    if (length === 0) {
      await handle.close();
      return Readable.from([]);
    }
    const end = length === undefined ? {} : { end: offset + length - 1 };
    return handle.createReadStream({ start: offset, ...end, ...(signal && { signal }) });
  }

  async range(file: StoredFile, offset: number, length: number, local: string): Promise<void> {
    if (length === 0) return;
    const out = createWriteStream(local, { flags: 'r+', start: offset, highWaterMark: 1 << 20 });
    try {
      await pipeline(await this.stream(file, offset, length), out);
    } catch (error) {
      throw this.errorOf(error, file.path);
    }
    if (out.bytesWritten !== length) {
      const message = `${file.path}: ${out.bytesWritten} bytes came where ${length} were asked for`;
      throw new SourceCountError(message, this.connection);
    }
  }

  errorOf(error: unknown, what: string): SluiceError {
    if (error instanceof SluiceError) return error;
    switch ((error as { code?: unknown } | null)?.code) {
      case 'ENOENT':
      case 'ENOTDIR':
        return new SourceNotFoundError(what, this.connection, error);
      case 'EACCES':
      case 'EPERM':
        return new AuthenticationFailedError(what, this.connection, error);
      case 'ENOSPC':
      case 'EDQUOT':
        return new EngineDiskFullError(`No disk space left for ${what}`, error);
      default:
        return new SourceUnavailableError(what, this.connection, error);
    }
  }

  async test(): Promise<readonly string[]> {
    const files = await this.list('**');
    return [
      `The folder ${this.name} can be listed.`,
      files.length === 0 ? 'It is empty.' : `It holds ${files.length} files, such as ${files[0]?.path ?? ''}.`,
    ];
  }

  /** Opens the version that was planned: whoever replaces the file afterwards does not change what is read. */
  private async pinned(file: StoredFile): Promise<FileHandle> {
    const local = resolve(this.root, ...file.path.split('/'));
    if (!local.startsWith(this.root + sep)) throw new SourceNotFoundError(file.path, this.connection);
    let handle: FileHandle;
    try {
      handle = await open(local, 'r');
    } catch (error) {
      throw this.errorOf(error, file.path);
    }
    const { ino, mtimeNs, size } = await handle.stat({ bigint: true });
    if (etagOf(ino, mtimeNs, size) === file.etag) return handle;
    await handle.close();
    throw new SourceChangedError(file.path, this.connection);
  }
}

function etagOf(inode: bigint, modified: bigint, size: bigint): string {
  return `${inode.toString(36)}-${modified.toString(36)}-${size.toString(36)}`;
}

/** Paths below a folder, with `/`, as far down as a glob reaches: nothing else of the folder is looked at. Links are not followed. */
async function* filesBelow(root: string, glob: string): AsyncGenerator<string> {
  const fixed = fixedPart(glob);
  const folders = fixed.slice(0, fixed.lastIndexOf('/') + 1);
  if (!(await leadsInside(root, folders))) return;
  const rest = glob.slice(folders.length);
  if (isPattern(rest)) yield* below(root, folders, /\*\*|\{/.test(rest) ? Infinity : rest.split('/').length);
  else yield glob;
}

async function* below(root: string, folder: string, depth: number): AsyncGenerator<string> {
  const entries = (await unlessGone(readdir(join(root, folder), { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    const path = `${folder}${entry.name}`;
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && depth > 1) yield* below(root, `${path}/`, depth - 1);
  }
}

/** Whether each folder on the way is one, and no link. */
async function leadsInside(root: string, folders: string): Promise<boolean> {
  let at = root;
  for (const name of folders.split('/').filter((part) => part !== '')) {
    if (name === '..') return false;
    at = join(at, name);
    if ((await unlessGone(lstat(at)))?.isDirectory() !== true) return false;
  }
  return true;
}

/** What went away while the folder was looked through was not there. */
async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  });
}
