import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline as streamPipeline } from 'node:stream/promises';
import { to as copyTo } from 'pg-copy-streams';
import type { SourceConfig } from '../../../config/schema/source';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import type { PostgresSession } from '../../postgres/postgres-session';
import { bindSettings, conditionOf } from './condition-sql';
import type { PostgresPartitionSpec } from './partition-spec';
import { readSource, runOne, type ReadOptions } from './read-source';
import { relationSql } from './relation-sql';

/** Files that a partition was copied to, and the rows that the server says it gave. */
export interface CopiedSlice {
  readonly files: readonly string[];
  readonly rows: number;
}

/** Copies a partition to local files: over one connection, or over several that share a snapshot and divide the table's pages. */
export async function copySlice(
  options: ReadOptions,
  config: SourceConfig,
  spec: PostgresPartitionSpec,
  folder: string,
): Promise<CopiedSlice> {
  return readSource(options, async (session) => {
    const pages = spec.connections > 1 ? await pagesOf(session, config) : 0;
    const shares = Math.min(spec.connections, pages);
    if (shares <= 1) return copyTogether([await copyOne(session, config, spec, folder, null)]);
    const { rows } = await session.client.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
    const snapshot = rows[0]?.id ?? '';
    const step = Math.ceil(pages / shares);
    const others = Array.from({ length: shares - 1 }, (_, index) =>
      readSource(options, async (other) => {
        await other.client.query(`SET TRANSACTION SNAPSHOT '${snapshot.replace(/[^0-9A-F-]/gi, '')}'`);
        const first = (index + 1) * step;
        // A page more than there are, since the table may have grown before the snapshot.
        return copyOne(other, config, spec, folder, { first, below: index === shares - 2 ? null : first + step });
      }),
    );
    // The snapshot lives as long as its transaction, so the others end before it does, also when one fails.
    const own = copyOne(session, config, spec, folder, { first: 0, below: step });
    const ended = await Promise.allSettled([own, ...others]);
    return copyTogether(
      ended.map((part) => {
        if (part.status === 'rejected') throw part.reason;
        return part.value;
      }),
    );
  });
}

interface Pages {
  readonly first: number;
  readonly below: number | null;
}

async function copyOne(
  session: PostgresSession,
  config: SourceConfig,
  spec: PostgresPartitionSpec,
  folder: string,
  pages: Pages | null,
): Promise<{ file: string; rows: number }> {
  const condition = conditionOf(spec);
  await bindSettings(session, condition);
  const list = [...spec.present.map(quoteIdentifier), '0'].join(', ');
  const within =
    pages === null
      ? ''
      : ` AND ctid >= '(${pages.first},0)'::tid${pages.below === null ? '' : ` AND ctid < '(${pages.below},0)'::tid`}`;
  const select = `SELECT ${list} FROM ${relationSql(config)} WHERE ${condition.sql}${within}`;
  // The author's query must be one statement: COPY itself goes by the protocol that would run several.
  if (config.query !== undefined) await runOne(session, `EXPLAIN ${select}`);
  const file = join(folder, `copy-${randomUUID()}.csv`);
  const copy = session.client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT csv)`));
  await streamPipeline(copy, createWriteStream(file, { highWaterMark: 1 << 20 }));
  return { file, rows: copy.rowCount };
}

/** Pages of a plain table; 0 for what has no pages of its own, which one connection reads. */
async function pagesOf({ client }: PostgresSession, config: SourceConfig): Promise<number> {
  if (config.table === undefined) return 0;
  const { rows } = await client.query<{ pages: string }>(
    `SELECT CASE WHEN relkind = 'r' THEN ceil(pg_relation_size(oid) / current_setting('block_size')::numeric) ELSE 0 END AS pages
     FROM pg_class WHERE oid = $1::regclass`,
    [relationSql(config)],
  );
  return Number(rows[0]?.pages ?? 0);
}

function copyTogether(parts: readonly { readonly file: string; readonly rows: number }[]): CopiedSlice {
  return { files: parts.map(({ file }) => file), rows: parts.reduce((sum, { rows }) => sum + rows, 0) };
}
