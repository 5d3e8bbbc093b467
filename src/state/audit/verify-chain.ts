import { hashOf, ORIGIN, type ChainedEntry, type ChainEnd } from './chained-entry';

/** What is wrong with the audit trail, and where. */
export interface ChainFinding {
  readonly kind: 'removed' | 'altered' | 'reordered' | 'inserted' | 'cut-off' | 'unreadable' | 'not-copied';
  readonly day: string;
  /** Null where it is about the day as a whole. */
  readonly sequence: number | null;
  readonly message: string;
}

/** A row of the chain as it was found: its place, and what stands there; null for what cannot be read as an entry. */
export interface FoundEntry {
  readonly place: number;
  readonly found: ChainedEntry | null;
}

/** What verification looked at, and what is wrong. */
export interface AuditVerification {
  readonly verified: boolean;
  readonly days: number;
  readonly entries: number;
  /** Entries that the copy confirms; the others are of the last hour, or the copy is behind. */
  readonly copied: number;
  readonly findings: readonly ChainFinding[];
}

/** Where a chain ends, and everything that is wrong on the way there. */
export interface VerifiedDay {
  readonly entries: number;
  /** Of the last entry; of `before` where there is none. */
  readonly hash: string;
  readonly findings: readonly ChainFinding[];
}

/**
 * Follows the chain of one day.
 * @param rows In the order of their places.
 * @param before The end of the day before, as it was verified; null for the very first day, undefined where it is not known.
 * @param end What the head of the day says; null where nothing keeps one, as in a copy.
 */
export async function verifyDay(
  day: string,
  rows: AsyncIterable<FoundEntry>,
  before: Pick<ChainEnd, 'day' | 'hash'> | null | undefined,
  end: Pick<ChainEnd, 'sequence' | 'hash'> | null,
): Promise<VerifiedDay> {
  const findings: ChainFinding[] = [];
  const say = (kind: ChainFinding['kind'], sequence: number | null, message: string): void => {
    findings.push({ kind, day, sequence, message });
  };
  let [last, hash] = [0, before === undefined ? null : (before?.hash ?? ORIGIN)];
  for await (const { place, found } of rows) {
    if (place > last + 1) say('removed', last + 1, `${gap(last + 1, place - 1)} gone`);
    if (place <= last) say('inserted', place, `entry ${place} stands there twice`);
    if (found === null) {
      say('unreadable', place, `entry ${place} cannot be read`);
      [last, hash] = [place, null];
      continue;
    }
    const complete = place === last + 1;
    if (found.day !== day || found.sequence !== place) {
      say('reordered', place, `what stands at ${place} was entry ${found.sequence} of ${found.day}`);
    } else if (hashOf(found) !== found.hash) {
      say('altered', place, `entry ${place} is not what its hash says`);
    } else if (complete && hash !== null && found.previous !== hash) {
      say('altered', place, brokenLink(place, before));
    } else if (place === 1 && before !== undefined && (found.after ?? null) !== (before?.day ?? null)) {
      say(
        'removed',
        1,
        `the day says that it comes after ${found.after ?? 'none'}, not after ${before?.day ?? 'none'}`,
      );
    }
    // What follows an entry of another place cannot be told to follow the right one.
    [last, hash] = [place, found.sequence === place ? found.hash : null];
  }
  if (end !== null && end.sequence > last) say('cut-off', last + 1, `${gap(last + 1, end.sequence)} gone from the end`);
  if (end !== null && end.sequence < last)
    say('inserted', end.sequence + 1, `the day ends at ${end.sequence}, and has ${last}`);
  if (end !== null && end.sequence === last && hash !== null && hash !== end.hash && last > 0) {
    say('altered', last, `the last entry is not the one that the head of the day names`);
  }
  return { entries: last, hash: hash ?? end?.hash ?? ORIGIN, findings };
}

/** Compares a day with the copy that nobody could change: what stands there must stand here, unaltered. */
export function compareWithCopy(
  day: string,
  hashes: readonly (string | undefined)[],
  copied: readonly ChainedEntry[],
): readonly ChainFinding[] {
  const findings: ChainFinding[] = [];
  for (const each of copied) {
    const { sequence, hash } = each;
    if (hashOf(each) !== hash) {
      findings.push({
        kind: 'altered',
        day,
        sequence,
        message: `entry ${sequence} of the copy is not what its hash says`,
      });
      continue;
    }
    const here = hashes[sequence - 1];
    if (here === hash) continue;
    const kind = here === undefined ? (sequence > hashes.length ? 'cut-off' : 'removed') : 'altered';
    const message =
      here === undefined
        ? `entry ${sequence} is in the copy, and gone here`
        : `entry ${sequence} is another one in the copy`;
    findings.push({ kind, day, sequence, message });
  }
  return findings;
}

const gap = (from: number, to: number): string => (from === to ? `entry ${from} is` : `entries ${from} to ${to} are`);

function brokenLink(place: number, before: Pick<ChainEnd, 'day' | 'hash'> | null | undefined): string {
  if (place > 1) return `entry ${place} does not follow entry ${place - 1}: one of them was changed and hashed anew`;
  return `the day does not follow the end of ${before?.day ?? 'nothing'}: that day was changed, or cut off, after this one had begun`;
}
