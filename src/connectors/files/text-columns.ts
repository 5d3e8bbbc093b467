import type { FormatConfig } from '../../config/schema/source';
import type { Column } from '../../model/column';
import type { FileStore, StoredFile } from './file-store';
import { CsvScanner } from './csv-scanner';
import { LineScanner } from './line-scanner';
import { compressionOf } from './resolve-format';
import { textChunks } from './text-chunks';

/** How much of a file is looked at to learn which keys its objects have. */
const SAMPLE_BYTES = 1 << 20;

/** The columns of a CSV file, from its first record; null when the file is empty. */
export async function csvColumns(
  file: StoredFile,
  format: Extract<FormatConfig, { type: 'csv' }>,
  store: FileStore,
): Promise<readonly Column[] | null> {
  let names: readonly string[] | null = null;
  const unnamed = (fields: readonly string[]) => fields.map((_, index) => `column${index}`);
  const scanner = new CsvScanner(format, {
    header: (fields) => (names ??= fields).length,
    columns: (fields) => (names ??= unnamed(fields)).length,
    row: () => {},
    reject: () => {},
  });
  const coding = { compression: compressionOf(file.path, format), encoding: format.encoding };
  for await (const chunk of textChunks(await store.stream(file), coding, file.path, store)) {
    scanner.push(chunk);
    // The rest is not needed; leaving the loop ends the download.
    if (isKnown(names)) return textColumns(names);
  }
  scanner.end();
  return isKnown(names) ? textColumns(names) : null;
}

/** The keys of the objects in the first part of a JSON file, in the order in which they first come; null when there are none. */
export async function jsonColumns(
  file: StoredFile,
  format: Extract<FormatConfig, { type: 'json' | 'ndjson' }>,
  store: FileStore,
): Promise<readonly Column[] | null> {
  const keys = new Set<string>();
  const learn = (text: string): void => {
    const value = parsed(text);
    const objects: unknown[] = Array.isArray(value) ? value : [value];
    for (const object of objects) {
      if (typeof object === 'object' && object !== null) for (const key of Object.keys(object)) keys.add(key);
    }
  };
  const lines = new LineScanner({ row: (_, line) => learn(Buffer.from(line).toString('utf8')), reject: () => {} });
  const whole: Buffer[] = [];
  let bytes = 0;
  const coding = { compression: compressionOf(file.path, format), encoding: 'utf-8' } as const;
  for await (const chunk of textChunks(await store.stream(file), coding, file.path, store)) {
    bytes += chunk.length;
    if (format.type === 'json') whole.push(chunk);
    else lines.push(chunk);
    if (format.type === 'ndjson' && bytes > SAMPLE_BYTES) break;
  }
  if (format.type === 'json') learn(Buffer.concat(whole).toString('utf8'));
  else if (bytes <= SAMPLE_BYTES) lines.end();
  return keys.size === 0 ? null : textColumns([...keys]);
}

// The compiler does not see that callbacks assign.
function isKnown(names: readonly string[] | null): names is readonly string[] {
  return names !== null;
}

function textColumns(names: readonly string[]): Column[] {
  return names.map((name) => ({ name, type: 'string', nullable: true }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    // What cannot be parsed has no keys; the extract step says what is wrong with it.
    return undefined;
  }
}
