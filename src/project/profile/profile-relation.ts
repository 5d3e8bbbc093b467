import type { EngineSession } from '../../engine/engine-session';
import { SYSTEM_PREFIX, type Column } from '../../model/column';
import { profileColumn } from './profile-column';
import type { ColumnProfile, SourceProfile } from './profile-types';

/** Looks at the rows of a relation. `relation` is SQL that can stand in FROM. */
export async function profileRelation(
  session: EngineSession,
  relation: string,
  columns: readonly Column[],
): Promise<Pick<SourceProfile, 'rows' | 'columns' | 'keys'>> {
  const [counted] = await session.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM ${relation}`);
  const rows = Number(counted?.rows ?? 0);
  const profiles: ColumnProfile[] = [];
  for (const column of columns) {
    if (column.name.startsWith(SYSTEM_PREFIX)) continue;
    profiles.push(await profileColumn(session, relation, column, rows));
  }
  return { rows, columns: profiles, keys: keysOf(rows, profiles) };
}

/** Columns without nulls whose values are all different; those that are named like a key first, free text never. */
function keysOf(rows: number, columns: readonly ColumnProfile[]): string[] {
  if (rows < 2) return [];
  const rank = ({ name }: ColumnProfile): number => (/(^|[_\s-])(id|key|code|number|no|nr|uuid)$/i.test(name) ? 0 : 1);
  return columns
    .filter(({ nulls, distinct, misfits }) => nulls === 0 && misfits === 0 && distinct === rows)
    .filter(({ reading, length }) => !['double', 'json', 'boolean'].includes(reading.type) && length.max <= 64)
    .toSorted((one, other) => rank(one) - rank(other))
    .map(({ name }) => name);
}
