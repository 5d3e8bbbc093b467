import type { Column } from '../model/column';
import { columnTypeOf } from './column-type-of';
import type { EngineSession } from './engine-session';

/** The columns that a query would give, system columns included, without running it. Throws `EngineQueryError` when it cannot be bound. */
export async function describeRelation(session: EngineSession, sql: string): Promise<Column[]> {
  const described = await session.rows<{ column_name: string; column_type: string; null: string }>(`DESCRIBE ${sql}`);
  return described.map((row) => ({
    name: row.column_name,
    type: columnTypeOf(row.column_type),
    nullable: row.null !== 'NO',
  }));
}
