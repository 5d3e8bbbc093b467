import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';

/** An entry of a ZIP archive, by its central directory. */
export interface ZipEntry {
  readonly name: string;
  /** Unix permissions. */
  readonly mode: number;
  /** @throws {Error} where it is not what the directory says it is. */
  content(): Buffer;
}

/** Reads an archive without extensions. @throws {Error} where it is none. */
export function readZip(archive: Buffer): ZipEntry[] {
  const end = archive.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end < 0) throw new Error('not a ZIP archive');
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  while (archive.readUInt32LE(at) === 0x02014b50) {
    const [crc, packed, size] = [16, 20, 24].map((offset) => archive.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const [name, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = archive.readUInt32LE(at + 42);
    entries.push({
      name: archive.toString('utf8', at + 46, at + 46 + name),
      mode: (archive.readUInt32LE(at + 38) >>> 16) & 0o777,
      content: () => {
        const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
        const content = inflateRawSync(archive.subarray(start, start + packed));
        if (content.length !== size || crc32(content) !== crc) throw new Error('the archive is damaged');
        return content;
      },
    });
    at += 46 + name + extra + comment;
  }
  if (entries.length !== archive.readUInt16LE(end + 10)) throw new Error('the directory is not complete');
  return entries;
}

/** Writes every file below `folder`, with its permissions. */
export function unzip(entries: readonly ZipEntry[], folder: string): void {
  const made = new Set<string>();
  for (const { name, mode, content } of entries) {
    const file = path.join(folder, name);
    const parent = path.dirname(file);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    writeFileSync(file, content(), { mode });
  }
}
