import { format, type FormatConfig } from './schema/source';

const ENDINGS: readonly (readonly [RegExp, object])[] = [
  [/\.csv(\.gz|\.zst)?$/i, { type: 'csv' }],
  [/\.tsv(\.gz|\.zst)?$/i, { type: 'csv', delimiter: '\t' }],
  [/\.(ndjson|jsonl)(\.gz|\.zst)?$/i, { type: 'ndjson' }],
  [/\.json(\.gz|\.zst)?$/i, { type: 'json' }],
  [/\.parquet$/i, { type: 'parquet' }],
];

/** The format that a file's ending names, with its defaults; undefined when it names none. */
export function formatOfFile(path: string): FormatConfig | undefined {
  const named = ENDINGS.find(([ending]) => ending.test(path))?.[1];
  return named === undefined ? undefined : format.parse(named);
}
