import type { Slice } from '../../model/slice';

/** A slice in words, for people. */
export function sliceLabel(slice: Slice): string {
  if (slice.kind === 'undo') return `load ${slice.of}, taken back`;
  if (slice.kind === 'full') return 'everything';
  if (slice.kind === 'release') return `rows released from quarantine (${slice.release})`;
  if (slice.kind === 'backfill') return `${slice.column} from ${slice.from} to below ${slice.to} (${slice.backfill})`;
  if (slice.kind === 'range') return `${slice.column} from ${slice.from ?? 'the beginning'} to ${slice.to}`;
  const bytes = slice.files.reduce((sum, file) => sum + file.bytes, 0);
  const size = bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
  const [first] = slice.files;
  return slice.files.length === 1 && first !== undefined
    ? `${first.path} (${size})`
    : `${slice.files.length} files (${size})`;
}
