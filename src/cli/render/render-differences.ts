import { formatPath } from '../../config/yaml/yaml-path';
import type { Difference } from '../../model/differences';

/** A difference with what stands before it, such as its place. */
export interface ShownDifference extends Difference {
  /** Where the older and the newer side stand, for people. */
  readonly where?: { readonly before: string | null; readonly after: string | null };
}

const LONGEST = 160;

/** Differences as a person reads them: a path, and below it what was (`-`) and what is (`+`), each with its place. */
export function renderDifferences(differences: readonly ShownDifference[]): string {
  return differences
    .map(({ path, change, before, after, where }) => {
      const side = (sign: '-' | '+', value: unknown, place: string | null | undefined): string =>
        `  ${sign} ${valueText(value)}${place === null || place === undefined ? '' : `  (${place})`}\n`;
      return [
        `${formatPath(path)}\n`,
        ...(change === 'added' ? [] : [side('-', before, where?.before)]),
        ...(change === 'removed' ? [] : [side('+', after, where?.after)]),
      ].join('');
    })
    .join('');
}

/** One line, shortened. */
function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
