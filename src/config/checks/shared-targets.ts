import type { Problem } from '../project';
import type { TargetConfig } from '../schema/pipeline';
import type { ReferenceContext } from './check-references';

interface Owned {
  readonly owner: string;
  readonly connection: string;
  readonly place: string;
}

/** Problems of pipelines that load one place: the ledger, `replace` and the removal of old files know one owner. */
export function sharedTargets(context: ReferenceContext): Problem[] {
  const owned: Owned[] = [];
  return Object.values(context.project.pipelines).flatMap(({ pipeline, target }): Problem[] => {
    const place = placeOf(target);
    if (place === null) return [];
    const { connection } = target;
    const other = owned.find((one) => one.connection === connection && overlap(one.place, place, target));
    if (other === undefined) {
      owned.push({ owner: pipeline, connection, place });
      return [];
    }
    const key = target.path === undefined ? 'table' : 'path';
    return [
      {
        ...context.locate(pipeline, ['target', key]),
        path: `target.${key}`,
        code: key === 'table' ? 'shared-table' : 'shared-path',
        message: `the pipeline '${other.owner}' already loads ${key === 'table' ? target.table : other.place} over '${connection}'`,
        fix:
          key === 'table'
            ? 'Give each pipeline a table of its own: the ledger and replace know one owner.'
            : 'Give each pipeline a folder of its own, not within that of another: old files in it are removed.',
        severity: 'error',
      },
    ];
  });
}

function placeOf({ table, path }: TargetConfig): string | null {
  if (path !== undefined) return path;
  if (table === undefined) return null;
  return table.includes('.') ? table : `public.${table}`;
}

function overlap(one: string, other: string, { path }: TargetConfig): boolean {
  return one === other || (path !== undefined && (one.startsWith(`${other}/`) || other.startsWith(`${one}/`)));
}
