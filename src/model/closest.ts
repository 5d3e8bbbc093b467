/** The candidate that is most like the text, when one is alike enough to be what was meant; else undefined. */
export function closest(text: string, candidates: readonly string[]): string | undefined {
  const wanted = text.toLowerCase();
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (best === undefined || distance < best.distance) best = { candidate, distance };
  }
  const limit = text.length < 2 ? 0 : Math.max(1, Math.floor(Math.min(text.length, 12) / 3));
  if (best !== undefined && best.distance <= limit) return best.candidate;
  if (text.length < 3) return undefined;
  return candidates.find((candidate) => {
    const other = candidate.toLowerCase();
    return candidate.length >= 3 && (other.startsWith(wanted) || wanted.startsWith(other));
  });
}

/** A fix that names the closest candidate, and otherwise lists what there is. */
export function didYouMean(text: string, candidates: readonly string[], noun: string): string {
  const match = closest(text, candidates);
  if (match !== undefined) return `Did you mean '${match}'?`;
  if (candidates.length === 0) return `There are no ${noun}.`;
  const shown = candidates.slice(0, 20).join(', ');
  return `Use one of the ${noun}: ${shown}${candidates.length > 20 ? ', ...' : ''}.`;
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one each. */
function editDistance(a: string, b: string): number {
  const columns = b.length + 1;
  const rows: number[][] = [];
  for (let i = 0; i <= a.length; i += 1) {
    const row: number[] = new Array<number>(columns).fill(0);
    rows.push(row);
    for (let j = 0; j < columns; j += 1) {
      if (i === 0 || j === 0) {
        row[j] = i + j;
        continue;
      }
      const at = (x: number, y: number): number => rows[x]?.[y] ?? 0;
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, at(i - 2, j - 2) + 1);
      row[j] = value;
    }
  }
  return rows[a.length]?.[b.length] ?? 0;
}
