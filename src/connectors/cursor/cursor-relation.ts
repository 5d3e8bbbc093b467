import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { SourceCountError } from '../../errors/source-count-error';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import type { SourceRelation } from '../../steps/extract/source';
import { rowHash, takenBefore } from './seen-rows';
import { cursorLiteral, cursorValue, withinCursor, type TextCursor } from './text-cursor';

export interface CursorRelationRequest {
  /** Everything that the source gave; `columns` are texts. */
  readonly relation: SourceRelation;
  readonly columns: readonly Column[];
  readonly cursor: TextCursor;
  /** Hashes of rows that earlier runs took. */
  readonly seenFile: string | null;
  readonly session: EngineSession;
  /** The connection's name, for errors. */
  readonly connection: string;
}

/**
 * The part of a relation that a slice by column takes: rows within its range, and malformed ones, less those that an earlier run took. A
 * source that gives more than it was asked for costs time and nothing else. Throws `source-count-mismatch`.
 */
export async function cursorRelation(request: CursorRelationRequest): Promise<SourceRelation> {
  const { relation, columns, cursor, seenFile, session } = request;
  const names = columns.map(({ name }) => quoteIdentifier(name));
  const place = `${SYSTEM_COLUMNS.file}, ${SYSTEM_COLUMNS.row}`;
  const numbered = `row_number() OVER (ORDER BY ${place}) AS n`;
  const rows = await keep(
    session,
    `SELECT ${names.join(', ')}, ${place}, ${numbered}, ${rowHash(names)} AS hash FROM (${relation.selectSql})`,
  );
  const malformed =
    relation.rejectsSql === null
      ? null
      : await keep(
          session,
          `SELECT ${place}, reason, raw, ${numbered}, md5('malformed:' || coalesce(raw, '')) AS hash FROM (${relation.rejectsSql})`,
        );
  const came = (await count(session, rows)) + (malformed === null ? 0 : await count(session, malformed));
  if (relation.statedRows !== null && came !== relation.statedRows) {
    throw new SourceCountError(`${came} rows were kept of ${relation.statedRows} that came`, request.connection);
  }
  const within = `(SELECT * FROM ${rows} WHERE ${withinCursor(cursor)})`;
  const taken = untaken(within, seenFile);
  // What cannot be read has no value, and so belongs to no window of a backfill.
  const refused = malformed === null || cursor.below === true ? null : untaken(malformed, seenFile);
  const again = `coalesce(${cursorValue(cursor)} >= ${cursorLiteral(cursor, cursor.again)}, true)`;
  const hashes = [`SELECT hash FROM ${within} WHERE ${again}`];
  if (malformed !== null) hashes.push(`SELECT hash FROM ${malformed}`);
  return {
    selectSql: `SELECT ${names.join(', ')}, ${place} FROM ${taken}`,
    rejectsSql: refused === null ? null : `SELECT ${place}, reason, raw FROM ${refused}`,
    statedRows: (await count(session, taken)) + (refused === null ? 0 : await count(session, refused)),
    // A window of a backfill moves no watermark, so nobody asks what it has seen.
    seenSql: cursor.below === true ? null : hashes.join(' UNION ALL '),
  };
}

/** Writes a query down: it is read several times from here on. */
async function keep(session: EngineSession, sql: string): Promise<string> {
  const file = join(session.scratchFolder, `cursor-${randomUUID()}.parquet`);
  await session.run(`COPY (${sql}) TO ${quoteLiteral(file)} (FORMAT parquet, COMPRESSION lz4)`);
  return `read_parquet(${quoteLiteral(file)})`;
}

function untaken(relation: string, seenFile: string | null): string {
  if (seenFile === null) return relation;
  return `(SELECT * FROM ${relation} AS r ANTI JOIN (${takenBefore(relation, seenFile)}) AS s ON r.n = s.n)`;
}

async function count(session: EngineSession, relation: string): Promise<number> {
  const [row] = await session.rows<{ rows: bigint }>(`SELECT count(*) AS rows FROM ${relation}`);
  return Number(row?.rows ?? 0);
}
