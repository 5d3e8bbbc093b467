/** A part of a text file, in bytes: the lines that begin in it, `to` not included. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

const LF = 10;

/** Where to read from for the lines of a range: one byte earlier, to see whether a line begins right at its start. */
export function firstByte({ from }: ByteRange): number {
  return Math.max(0, from - 1);
}

/**
 * Of the bytes from `firstByte` on, those of the lines that begin in the range; ends at the end of the last of them. Every line of a file
 * begins in exactly one of the ranges that divide it.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, range: ByteRange): AsyncGenerator<Buffer> {
  let at = firstByte(range);
  let begun = range.from === 0;
  for await (const chunk of chunks) {
    let start = 0;
    if (!begun) {
      const lineEnd = chunk.indexOf(LF);
      if (lineEnd < 0) {
        at += chunk.length;
        continue;
      }
      start = lineEnd + 1;
      begun = true;
      if (at + start >= range.to) return;
    }
    // The line that is under way where the range ends belongs to it.
    const last = Math.max(start, range.to - 1 - at);
    const lineEnd = last < chunk.length ? chunk.indexOf(LF, last) : -1;
    if (lineEnd >= 0) {
      yield chunk.subarray(start, lineEnd + 1);
      return;
    }
    if (start < chunk.length) yield chunk.subarray(start);
    at += chunk.length;
  }
}
