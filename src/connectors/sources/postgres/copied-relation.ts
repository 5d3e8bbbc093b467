import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { duckdbType } from '../../../engine/duckdb-type';
import type { EngineSession } from '../../../engine/engine-session';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { SourceCountError } from '../../../errors/source-count-error';
import { SYSTEM_COLUMNS } from '../../../model/column';
import type { SourceRelation } from '../../../steps/extract/source';
import { rowHash, takenBefore } from '../../cursor/seen-rows';
import { copiedText, readCopied } from '../../postgres/copied-csv';
import type { CopiedSlice } from './copy-slice';
import type { PostgresPartitionSpec } from './partition-spec';

export interface CopiedRelationRequest {
  readonly copied: CopiedSlice;
  readonly spec: PostgresPartitionSpec;
  /** Position of the partition in the plan. */
  readonly partition: number;
  readonly seenFile: string | null;
  readonly session: EngineSession;
  /** The connection's name, for errors. */
  readonly connection: string;
}

/** Rows of a partition before the next one's numbers begin: `_sluice_row` is unique in the slice. */
const ROWS_OF_PARTITION = 2 ** 40;

/** What PostgreSQL has and no type of the engine: not-a-number and infinite numerics, among others. */
const LOSSY = /^(decimal|date|time)/;

/**
 * The copied rows as relations: those that fit the planned types, those that do not, and the hashes of those that the next run meets
 * again. Rows that an earlier run took, by hash and as often as it took them, are left out.
 */
export async function copiedRelation(request: CopiedRelationRequest): Promise<SourceRelation> {
  const { copied, spec, partition, seenFile, session } = request;
  const texts = spec.present.map((_, index) => `c${index}`);
  const numbered = numberedSql(copied.files, texts, spec.cursor !== null, partition * ROWS_OF_PARTITION);
  let rows = copied.rows;
  let everything = `(${numbered})`;
  let relation = everything;
  if (spec.cursor !== null) {
    // Read more than once from here on, so it is parsed once.
    const file = join(session.scratchFolder, `copied-${randomUUID()}.parquet`);
    await session.run(`COPY (${numbered}) TO ${quoteLiteral(file)} (FORMAT parquet, COMPRESSION lz4)`);
    everything = `read_parquet(${quoteLiteral(file)})`;
    relation = everything;
    const kept = await count(session, relation);
    if (kept !== copied.rows) {
      throw new SourceCountError(`${kept} rows were kept of ${copied.rows} that came`, request.connection);
    }
    if (seenFile !== null) {
      const seen = takenBefore(relation, seenFile);
      rows -= await count(session, `(${seen})`);
      relation = `(SELECT * FROM ${relation} AS r ANTI JOIN (${seen}) AS s ON r.n = s.n)`;
    }
  }
  const types = new Map(spec.columns.map((column) => [column.name, column.type]));
  const misfits = spec.present.flatMap((name, index) => {
    const type = types.get(name) ?? 'string';
    if (!LOSSY.test(type)) return [];
    const text = copiedText(type, `c${index}`);
    return [{ name, type, sql: `(c${index} IS NOT NULL AND TRY_CAST(${text} AS ${duckdbType(type)}) IS NULL)` }];
  });
  const misfit = misfits.map(({ sql }) => sql).join(' OR ') || 'false';
  const place = `0::INTEGER AS ${SYSTEM_COLUMNS.file}, n AS ${SYSTEM_COLUMNS.row}`;
  // Each value is cast once: what is lost by it shows in the value itself.
  const values = spec.present.map((name, index) => {
    const type = types.get(name) ?? 'string';
    const text = copiedText(type, `c${index}`);
    if (type === 'binary') return `unhex(substr(c${index}, 3)) AS v${index}`;
    return `${LOSSY.test(type) ? 'TRY_CAST' : 'CAST'}(${text} AS ${duckdbType(type)}) AS v${index}`;
  });
  const lossy = spec.present.flatMap((name, index) => (LOSSY.test(types.get(name) ?? 'string') ? [index] : []));
  const lost = lossy.map((index) => `(c${index} IS NOT NULL AND v${index} IS NULL)`).join(' OR ') || 'false';
  const casted = `(SELECT ${[...values, ...lossy.map((index) => `c${index}`), 'n'].join(', ')} FROM ${relation})`;
  const items = spec.columns.map(({ name, type }) => {
    const index = spec.present.indexOf(name);
    return `${index < 0 ? `CAST(NULL AS ${duckdbType(type)})` : `v${index}`} AS ${quoteIdentifier(name)}`;
  });
  const reason = misfits
    .map(({ name, type, sql }) => `WHEN ${sql} THEN ${quoteLiteral(`malformed-row(${name} is no ${type})`)}`)
    .join(' ');
  const raw = `to_json({${spec.present.map((name, index) => `${quoteLiteral(name)}: c${index}`).join(', ')}})`;
  return {
    selectSql: `SELECT ${[...items, place].join(', ')} FROM ${casted} WHERE NOT (${lost})`,
    rejectsSql:
      misfits.length === 0
        ? null
        : `SELECT ${place}, CASE ${reason} END AS reason, CAST(${raw} AS VARCHAR) AS raw FROM ${relation} WHERE ${misfit}`,
    statedRows: rows,
    seenSql: spec.cursor === null ? null : seenSql(spec, texts, everything),
  };
}

function numberedSql(files: readonly string[], texts: readonly string[], hashed: boolean, before: number): string {
  const hash = hashed ? [`${rowHash(texts)} AS hash`] : [];
  const number = `${before}::BIGINT + row_number() OVER () AS n`;
  return `SELECT ${[...texts, number, ...hash].join(', ')} FROM ${readCopied(files, texts.length)}`;
}

/** Rows that the next run meets again: those within its reach, whether this run took them or one before. */
function seenSql(
  { cursor, present }: PostgresPartitionSpec,
  texts: readonly string[],
  everything: string,
): string | null {
  if (cursor === null) return null;
  const text = texts[present.indexOf(cursor.column)];
  if (text === undefined) return null;
  const type = duckdbType(cursor.type);
  const value = `TRY_CAST(${copiedText(cursor.type, text)} AS ${type})`;
  const again = `CAST(${copiedText(cursor.type, quoteLiteral(cursor.again))} AS ${type})`;
  return `SELECT hash FROM ${everything} WHERE ${value} >= ${again}${cursor.nulls ? ` OR ${text} IS NULL` : ''}`;
}

async function count(session: EngineSession, relation: string): Promise<number> {
  const [row] = await session.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM ${relation}`);
  return Number(row?.rows ?? 0);
}
