import { sha256 } from '../keys';
import type { AuditEntry } from '../stores';
import { canonicalJson } from './canonical-json';

/** An entry of the audit trail in its place: each holds the hash of the one before, so that none can be changed alone. */
export interface ChainedEntry {
  /** The day whose chain it stands in, `2026-01-31`: that of `entry.at`, or a later one where that day was closed already. */
  readonly day: string;
  /** From 1 in each day, without gaps. */
  readonly sequence: number;
  /** Hash of the entry before; of the first of a day that of the last of the day before, and of the very first `ORIGIN`. */
  readonly previous: string;
  /** In the first entry of a day: the day before that has a chain; null for the very first. */
  readonly after?: string | null;
  readonly entry: AuditEntry;
  /** SHA-256 over all of the above, in hex. */
  readonly hash: string;
}

/** What stands before the very first entry. */
export const ORIGIN = '0'.repeat(64);

/** Where the chain of a day ends. */
export interface ChainEnd {
  readonly day: string;
  /** 0 before the first entry. */
  readonly sequence: number;
  readonly hash: string;
  /** The day before that has a chain; null for none. */
  readonly after: string | null;
}

/** The entry that comes after an end. */
export function chained(end: ChainEnd, entry: AuditEntry): ChainedEntry {
  const place = {
    day: end.day,
    sequence: end.sequence + 1,
    previous: end.hash,
    ...(end.sequence === 0 && { after: end.after }),
    entry,
  };
  return { ...place, hash: hashOf(place) };
}

/** The hash that an entry must have. */
export function hashOf({ day, sequence, previous, after, entry }: Omit<ChainedEntry, 'hash'>): string {
  return sha256(canonicalJson({ day, sequence, previous, ...(after !== undefined && { after }), entry }));
}
