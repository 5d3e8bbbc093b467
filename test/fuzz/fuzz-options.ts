/**
 * How long the fuzzers go on. `npm test` does each with a fixed seed for seconds; `npm run fuzz` sets a new seed, which it prints, and
 * more rounds: the same two numbers do the same again.
 */
export const FUZZ_SEED = Number(process.env['SLUICE_FUZZ_SEED'] ?? 20261124);
export const FUZZ_TIMES = Number(process.env['SLUICE_FUZZ_TIMES'] ?? 1);

/** Numbers below `limit` from a seed: the same every time, so that a failure can be repeated. */
export function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Cuts, repeats, replaces, flips and inserts at random places of a file. */
export function mangleBytes(content: Buffer, pieces: readonly string[], next: (limit: number) => number): Buffer {
  if (next(3) === 0) return flipOne(content, next);
  let mangled = content;
  for (let changes = 1 + next(4); changes > 0; changes -= 1) {
    const from = next(mangled.length + 1);
    const to = Math.min(mangled.length, from + next(40));
    const [before, middle, after] = [mangled.subarray(0, from), mangled.subarray(from, to), mangled.subarray(to)];
    const kind = next(6);
    const piece = Buffer.from(pieces[next(pieces.length)] ?? '', 'latin1');
    if (kind === 0) mangled = Buffer.concat([before, after]);
    else if (kind === 1) mangled = Buffer.concat([before, middle, middle, after]);
    else if (kind === 2) mangled = before;
    else if (kind === 3) mangled = Buffer.concat([before, Buffer.from(middle.map(() => next(256))), after]);
    else mangled = Buffer.concat([before, piece, after]);
  }
  return mangled;
}

/** One byte is another one: what a file of a binary format may survive. */
function flipOne(content: Buffer, next: (limit: number) => number): Buffer {
  const flipped = Buffer.from(content);
  flipped[next(flipped.length)] = next(256);
  return flipped;
}
