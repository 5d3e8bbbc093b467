import type { TargetConfig } from '../../../config/schema/pipeline';

export type OutputFormat = NonNullable<TargetConfig['format']>;

/** The format that a target names; Parquet with zstd when it names none. */
export function outputFormat({ format }: TargetConfig): OutputFormat {
  return format ?? { type: 'parquet', compression: 'zstd' };
}

/** What names of files end in. */
export function fileEnding({ type, compression }: OutputFormat): string {
  const suffix = { gzip: '.gz', zstd: '.zst', none: '', snappy: '' }[compression];
  return type === 'parquet' ? '.parquet' : `.${type}${suffix}`;
}
