import { parsePath } from '../../config/yaml/yaml-path';
import { renderDifferences } from './render-differences';

/** Differences as the API gives them: paths are texts, and at most 200 are shown. */
export interface ShownChanges {
  readonly count: number;
  readonly differences: readonly {
    readonly path: string;
    readonly change: 'added' | 'removed' | 'changed';
    readonly before?: unknown;
    readonly after?: unknown;
  }[];
}

/** What one version says otherwise than another, indented. */
export function renderVersionChanges({ count, differences }: ShownChanges): string {
  const text = renderDifferences(differences.map((one) => ({ ...one, path: parsePath(one.path) })));
  const more = count > differences.length ? `and ${count - differences.length} more\n` : '';
  return `${text}${more}`.replace(/^(?=.)/gm, '  ');
}
