import { quoteIdentifier } from '../../../engine/quote-identifier';
import { SYSTEM_COLUMNS } from '../../../model/column';
import type { PublishRequest } from '../../../steps/load/target';
import type { PostgresSession } from '../../postgres/postgres-session';
import { placesOf } from './merge/key-faults';
import { STAGING_SCHEMA, stagingTable } from './staging-name';

const { load: LOAD, file: FILE, row: ROW } = SYSTEM_COLUMNS;

/** Where to look for rows that are not as they were staged. */
export interface DifferingRequest {
  readonly publish: PublishRequest;
  readonly load: number;
  /** Quoted name of the table that took the rows in. */
  readonly into: string;
  /** The staged partitions that it took. */
  readonly partitions: readonly number[];
}

/**
 * Says which rows a table did not take in as they were staged, by file and row, and in which columns they differ; never the values. Every row is
 * compared with its own, so that nothing has to be narrowed down.
 */
export async function differingRows(
  session: PostgresSession,
  { publish, load, into, partitions }: DifferingRequest,
): Promise<string> {
  const tables = partitions.map(
    (partition) =>
      `SELECT * FROM ${quoteIdentifier(STAGING_SCHEMA)}.${quoteIdentifier(stagingTable(publish.runId, publish.pipeline, partition))}`,
  );
  if (tables.length === 0) return '';
  const differs = publish.columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    const cast = type === 'json' ? '::jsonb::text' : '::text';
    return { name, sql: `s.${column}${cast} IS DISTINCT FROM t.${column}${cast}` };
  });
  const joined =
    `(${tables.join(' UNION ALL ')}) AS s FULL JOIN (SELECT * FROM ${into} WHERE ${LOAD} = ${Math.trunc(load)}) AS t ` +
    `ON s.${FILE} = t.${FILE} AND s.${ROW} = t.${ROW}`;
  const isMissing = `t.${ROW} IS NULL`;
  const isStrange = `s.${ROW} IS NULL`;
  const isOther = `NOT (${isMissing}) AND NOT (${isStrange}) AND (${differs.map(({ sql }) => sql).join(' OR ') || 'false'})`;
  const counts = differs.map(({ sql }, at) => `count(*) FILTER (WHERE ${isOther} AND ${sql}) AS c${at}`);
  const [row = {}] = await session.rows<Record<string, string>>(
    `SELECT count(*) FILTER (WHERE ${isMissing}) AS missing, count(*) FILTER (WHERE ${isStrange}) AS strange, ${[`count(*) FILTER (WHERE ${isOther}) AS other`, ...counts].join(', ')} FROM ${joined}`,
  );
  const places = (where: string): Promise<string> =>
    placesOf(
      session,
      `SELECT coalesce(s.${FILE}, t.${FILE}) AS f, coalesce(s.${ROW}, t.${ROW}) AS r FROM ${joined} WHERE ${where}`,
    );
  const told: string[] = [];
  if (row['missing'] !== '0') told.push(`${row['missing']} rows are missing (${await places(isMissing)})`);
  if (row['strange'] !== '0') told.push(`${row['strange']} rows were never staged (${await places(isStrange)})`);
  if (row['other'] !== '0') {
    const columns = differs.flatMap(({ name }, at) => (row[`c${at}`] === '0' ? [] : [name]));
    told.push(`${row['other']} rows differ in ${columns.join(', ')} (${await places(isOther)})`);
  }
  return told.join('; ');
}
