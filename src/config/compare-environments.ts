import { differencesOf, type Difference } from '../model/differences';
import { Definitions } from './definitions';
import { inOrder } from './load-project';
import { listProjectFiles } from './list-project-files';
import type { Problem } from './project';
import { find, toValue, type Located, type LocatedMap, type Place } from './yaml/located';

/** One difference between two environments, with where each side stands. Values are as written: no variable and no secret is resolved. */
export interface EnvironmentDifference extends Difference {
  /** Null where that side has nothing. */
  readonly from: Place | null;
  readonly to: Place | null;
}

export interface EnvironmentComparison {
  readonly differences: readonly EnvironmentDifference[];
  /** What kept files from being read; the differences are then not all. */
  readonly problems: readonly Problem[];
}

/**
 * What a folder says otherwise in one environment than in another, key by key, with files and lines. `from` is null for the files without
 * any overlay. Never throws for what a file holds.
 */
export function compareEnvironments(folder: string, from: string | null, to: string): EnvironmentComparison {
  const [one, other] = [readEnvironment(folder, from), readEnvironment(folder, to)];
  const differences = differencesOf(toValue(one.tree), toValue(other.tree)).map((difference) => ({
    ...difference,
    from: difference.change === 'added' ? null : placeOf(one.tree, difference.path),
    to: difference.change === 'removed' ? null : placeOf(other.tree, difference.path),
  }));
  return { differences, problems: inOrder([...one.problems, ...other.problems]) };
}

function readEnvironment(
  folder: string,
  environment: string | null,
): { readonly tree: Located; readonly problems: readonly Problem[] } {
  const { files, problems } = listProjectFiles(folder, environment);
  const definitions = new Definitions(folder);
  for (const file of files) if (file.kind !== 'overlay') definitions.add(file);
  for (const file of files) if (file.kind === 'overlay') definitions.add(file);
  const place: Place = { file: folder, line: 1, column: 1 };
  const map = (members: readonly (readonly [string, Located])[]): LocatedMap => ({
    kind: 'map',
    place,
    text: '',
    entries: new Map(members.map(([key, value]) => [key, { key: value.place, value }])),
  });
  const section = (name: 'connections' | 'pipelines'): Located =>
    map(
      definitions.names(name).flatMap((member) => {
        const tree = definitions.tree(name, member);
        return tree === undefined ? [] : [[member, tree] as const];
      }),
    );
  const { guardsTree, alerts } = definitions;
  const tree = map([
    ['connections', section('connections')],
    ['pipelines', section('pipelines')],
    ...(alerts === null ? [] : [['alerts', alerts] as const]),
    ...(guardsTree === null ? [] : [['guards', guardsTree] as const]),
  ]);
  return { tree, problems: [...problems, ...definitions.problems].filter(({ severity }) => severity === 'error') };
}

/** Of a key rather than of the value that stands behind it, where it has one. */
function placeOf(tree: Located, path: readonly (string | number)[]): Place {
  const { node, key } = find(tree, path);
  return key ?? node.place;
}
