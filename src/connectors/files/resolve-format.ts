import type { FormatConfig, SourceConfig } from '../../config/schema/source';
import { SourceSchemaError } from '../../errors/source-schema-error';

type Csv = Extract<FormatConfig, { type: 'csv' }>;
const CSV: Csv = {
  type: 'csv',
  delimiter: ',',
  quote: '"',
  header: true,
  encoding: 'utf-8',
  multiline: true,
  compression: 'auto',
  nullTokens: [],
};

/** The format of a source's files: what it says, else what the ending of its `files` means. */
export function resolveFormat({ format, files = '' }: SourceConfig, connection: string): FormatConfig {
  if (format !== undefined) return format;
  const ending = /\.(csv|tsv|ndjson|jsonl|json|parquet)(?:\.(?:gz|zst))?$/i.exec(files)?.[1]?.toLowerCase();
  switch (ending) {
    case 'csv':
      return CSV;
    case 'tsv':
      return { ...CSV, delimiter: '\t' };
    case 'ndjson':
    case 'jsonl':
      return { type: 'ndjson', compression: 'auto' };
    case 'json':
      return { type: 'json', compression: 'auto' };
    case 'parquet':
      return { type: 'parquet' };
    default:
      throw new SourceSchemaError(`The ending of ${files} names no format: set source.format`, connection);
  }
}

/** Whether a file is packed, and how. */
export function compressionOf(path: string, format: FormatConfig): 'none' | 'gzip' | 'zstd' {
  if (format.type === 'parquet') return 'none';
  if (format.compression !== 'auto') return format.compression;
  if (/\.gz$/i.test(path)) return 'gzip';
  return /\.zst$/i.test(path) ? 'zstd' : 'none';
}
