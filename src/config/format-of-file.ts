import { format, type FormatConfig } from './schema/source';

const ENDINGS: readonly (readonly [RegExp, FormatConfig['type']])[] = [
  [/\.csv(\.gz|\.zst)?$/i, 'csv'],
  [/\.(ndjson|jsonl)(\.gz|\.zst)?$/i, 'ndjson'],
  [/\.json(\.gz|\.zst)?$/i, 'json'],
  [/\.parquet$/i, 'parquet'],
];

/** The format that a file's ending names, with its defaults; undefined when it names none. */
export function formatOfFile(path: string): FormatConfig | undefined {
  const type = ENDINGS.find(([ending]) => ending.test(path))?.[1];
  return type === undefined ? undefined : format.parse({ type });
}
