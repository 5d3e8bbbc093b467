import { SYSTEM_PREFIX, type Column } from '../../../model/column';
import { columnTypeOfPostgres } from '../../postgres/postgres-type';
import type { PostgresSession } from '../../postgres/postgres-session';
import { runOne } from './read-source';

/** A column of the source with its type as PostgreSQL writes it. */
export interface SourceColumn extends Column {
  readonly sqlType: string;
}

/**
 * The columns of a relation, without reading rows. Columns of Sluice's own, in tables that it loaded, are left out. A `numeric` without
 * precision is text: no decimal type holds whatever stands there.
 */
export async function describeSource(session: PostgresSession, relation: string): Promise<SourceColumn[]> {
  const { fields } = await runOne(session, `SELECT * FROM ${relation} LIMIT 0`);
  const { rows } = await session.client.query<{ formatted: string }>(
    `SELECT format_type(o, m) AS formatted FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY AS t(o, m, n) ORDER BY n`,
    [fields.map(({ dataTypeID }) => dataTypeID), fields.map(({ dataTypeModifier }) => dataTypeModifier)],
  );
  return fields
    .map(({ name }, index): SourceColumn => {
      const sqlType = rows[index]?.formatted ?? 'text';
      const type = sqlType === 'numeric' ? 'string' : columnTypeOfPostgres(sqlType);
      return { name, type, nullable: true, sqlType };
    })
    .filter(({ name }) => !name.startsWith(SYSTEM_PREFIX));
}
