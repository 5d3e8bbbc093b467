import { createInterface } from 'node:readline';
import type { ChainedEntry } from './chained-entry';
import type { FoundEntry } from './verify-chain';

/** Entries of a copy of the audit trail, one JSON object a line, in the order of the lines. */
export async function* readEntries(lines: NodeJS.ReadableStream): AsyncGenerator<FoundEntry> {
  let place = 0;
  for await (const line of createInterface({ input: lines, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue;
    const found = parseLine(line);
    place = found?.sequence ?? place + 1;
    yield { place, found };
  }
}

/** Null for what is no entry. */
export function parseLine(line: string): ChainedEntry | null {
  try {
    const value = JSON.parse(line) as ChainedEntry | null;
    return typeof value?.hash === 'string' && Number.isSafeInteger(value.sequence) ? value : null;
  } catch {
    return null;
  }
}
