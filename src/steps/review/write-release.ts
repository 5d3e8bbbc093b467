import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { duckdbType } from '../../engine/duckdb-type';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import { SYSTEM_COLUMNS, type Column } from '../../model/column';
import type { RowReview } from '../../model/quarantine-review';
import { jsonPointer } from '../json-pointer';
import { HIDDEN } from '../transform/hidden-columns';
import { quarantinedColumns } from './read-quarantined';

export interface WriteReleaseRequest {
  readonly session: EngineSession;
  /** Local quarantine file. */
  readonly quarantineFile: string;
  readonly columns: readonly Column[];
  /** Local file of what mask steps hide of the rows, and its columns; null when they hide nothing. */
  readonly originals: { readonly file: string; readonly columns: readonly Column[] } | null;
  /** Approved rows and those to be retried. */
  readonly rows: readonly RowReview[];
  readonly releaseFile: string;
}

/**
 * Writes the rows that a review released: their original values with the edits in place of them, where they came from, and whether their
 * checks are waived. Throws `LedgerImbalanceError` when a row is not in the batch.
 */
export async function writeRelease(request: WriteReleaseRequest): Promise<void> {
  const { session, quarantineFile, originals, rows, releaseFile } = request;
  const decisions = join(session.scratchFolder, 'decisions.ndjson');
  const lines = rows.map(({ file, row, decision, edits }) =>
    JSON.stringify({ f: file, r: row, w: decision === 'approve', e: edits }),
  );
  await writeFile(decisions, `${lines.join('\n')}\n`);
  const edited = new Set(rows.flatMap(({ edits }) => Object.keys(edits)));
  const hidden = new Map(quarantinedColumns(originals?.columns ?? []).map((column) => [column.name, column.type]));
  const items = quarantinedColumns(request.columns).map(({ name, type }) => {
    const value = hidden.has(name) ? `o.${quoteIdentifier(name)}` : `q.${quoteIdentifier(name)}`;
    if (!edited.has(name)) return `${value} AS ${quoteIdentifier(name)}`;
    const pointer = quoteLiteral(jsonPointer([name]));
    const given = `CAST(json_extract_string(d.e, ${pointer}) AS ${duckdbType(hidden.get(name) ?? type)})`;
    return `CASE WHEN json_exists(d.e, ${pointer}) THEN ${given} ELSE ${value} END AS ${quoteIdentifier(name)}`;
  });
  const { file, row } = SYSTEM_COLUMNS;
  const relation =
    `read_parquet(${quoteLiteral(quarantineFile)}) AS q JOIN read_ndjson(${quoteLiteral(decisions)}, ` +
    `columns = {'f': 'INTEGER', 'r': 'BIGINT', 'w': 'BOOLEAN', 'e': 'JSON'}) AS d ON q.${file} = d.f AND q.${row} = d.r` +
    (originals === null
      ? ''
      : ` JOIN read_parquet(${quoteLiteral(originals.file)}) AS o ON q.${file} = o.${file} AND q.${row} = o.${row}`);
  await session.run(
    `COPY (SELECT ${[...items, `q.${file}`, `q.${row}`, `d.w AS ${HIDDEN.waived}`].join(', ')} FROM ${relation} ORDER BY q.${file}, q.${row})
     TO ${quoteLiteral(releaseFile)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  const [counted] = await session.rows<{ rows: bigint }>(
    `SELECT count(*) AS rows FROM read_parquet(${quoteLiteral(releaseFile)})`,
  );
  const written = Number(counted?.rows ?? 0);
  if (written !== rows.length) {
    throw new LedgerImbalanceError(`${rows.length} rows were to be released, and ${written} of them are in the batch`);
  }
}
