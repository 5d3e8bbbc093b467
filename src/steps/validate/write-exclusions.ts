import { describeRelation } from '../../engine/describe-relation';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS, SYSTEM_PREFIX } from '../../model/column';
import { copyToParquet } from '../transform/copy-to-parquet';
import { HIDDEN } from '../transform/hidden-columns';
import { masksOf, setSalts } from '../transform/mask-salts';
import { keptValues, maskedInputs, maskedNames } from '../transform/masked-inputs';
import { entryAfterReshaping } from '../transform/needs-single-partition';
import { QUARANTINE_COLUMNS } from '../transform/quarantine-sql';
import type { DatasetDecision } from './decide-dataset';
import { EXCLUSIONS } from './exclusions';
import type { ValidateRequest } from './validate-dataset-types';

const { file, row } = SYSTEM_COLUMNS;

/** Rows of the files that were written, and whether mask steps hide something of the quarantined ones. */
interface Written {
  readonly excludedRows: number;
  readonly quarantinedRows: number;
  readonly originals: boolean;
}

const NOTHING: Written = { excludedRows: 0, quarantinedRows: 0, originals: false };

/** Writes the rows that leave, one line each, and the quarantined ones with their values. Gives what the files' footers say. */
export async function writeExclusions(request: ValidateRequest, decision: DatasetDecision): Promise<Written> {
  if (decision.deduplicated + decision.quarantined === 0) return NOTHING;
  const { session } = request;
  const excludedRows = await copyToParquet(
    session,
    `SELECT partition, ${file}, ${row}, any_value(fate) AS fate, string_agg(reason, '; ' ORDER BY reason) AS reason ` +
      `FROM ${EXCLUSIONS} GROUP BY partition, ${file}, ${row} ORDER BY partition, ${file}, ${row}`,
    request.exclusionsFile,
  );
  if (decision.quarantined === 0) return { ...NOTHING, excludedRows };
  const { rows, originals } = await quarantineQuery(request, session);
  const quarantinedRows = await copyToParquet(session, rows, request.quarantineFile);
  const written = { excludedRows, quarantinedRows, originals: false };
  if (originals === null || request.originalsFile === undefined) return written;
  await copyToParquet(session, originals, request.originalsFile);
  return { ...written, originals: true };
}

/** The file that rows keep their values from, without what a review added to it. */
function original(values: string, { release }: ValidateRequest): string {
  const relation = `read_parquet(${quoteLiteral(values)})`;
  return release?.waivedFile === values ? `(SELECT * EXCLUDE (${HIDDEN.waived}) FROM ${relation})` : relation;
}

/** How the values of rows are kept as they came, and the columns that a mask step after them makes them hide. */
interface Kept {
  readonly values: readonly string[];
  readonly hidden: readonly string[];
}

const AS_IT_IS: Kept = { values: [`r.* EXCLUDE (${file}, ${row})`], hidden: [] };

async function keptColumns(request: ValidateRequest, values: string): Promise<Kept> {
  const { pipeline, session, salts = {} } = request;
  if (masksOf(pipeline).length === 0) return AS_IT_IS;
  await setSalts(session, pipeline, salts);
  const described = await describeRelation(session, `SELECT * FROM ${original(values, request)}`);
  const columns = described.filter(({ name }) => !name.startsWith(SYSTEM_PREFIX));
  const entry = request.entry ?? entryAfterReshaping(pipeline);
  const masked = await maskedInputs({ pipeline, session, columns, entry });
  return { values: keptValues('r', columns, masked), hidden: maskedNames(columns, masked) };
}

/**
 * SQL of the quarantined rows as they came from the source, or without the extracted files as they are after the transform; and of what
 * mask steps hide of them, null when that is nothing.
 */
async function quarantineQuery(
  request: ValidateRequest,
  session: EngineSession,
): Promise<{ readonly rows: string; readonly originals: string | null }> {
  const partitions = await session.rows<{ partition: number }>(
    `SELECT DISTINCT partition FROM ${EXCLUSIONS} WHERE fate = 'quarantined' ORDER BY partition`,
  );
  const { reasons, raw } = QUARANTINE_COLUMNS;
  const bad =
    `SELECT ${file}, ${row}, CAST(list(reason ORDER BY reason) AS JSON) AS ${reasons} ` +
    `FROM ${EXCLUSIONS} WHERE fate = 'quarantined' GROUP BY ${file}, ${row}`;
  const [rows, originals]: [string[], string[]] = [[], []];
  for (const { partition } of partitions) {
    const good = request.partitions.find((one) => one.partition === partition)?.goodFile ?? '';
    const values = (await request.rawFile?.(partition)) ?? good;
    const kept = values === good ? AS_IT_IS : await keptColumns(request, values);
    const from = `FROM ${original(values, request)} AS r JOIN bad AS b ON r.${file} = b.${file} AND r.${row} = b.${row}`;
    const place = [`r.${file}`, `r.${row}`];
    const columns = [...place, `b.${reasons}`, `NULL::VARCHAR AS ${raw}`, ...kept.values];
    rows.push(`SELECT ${columns.join(', ')} ${from}`);
    const hidden = kept.hidden.map((name) => `r.${quoteIdentifier(name)}`);
    if (hidden.length > 0) originals.push(`SELECT ${[...place, ...hidden].join(', ')} ${from}`);
  }
  const all = (selects: readonly string[]): string =>
    `WITH bad AS (${bad}) SELECT * FROM (${selects.join(' UNION ALL BY NAME ')}) ORDER BY ${file}, ${row}`;
  return { rows: all(rows), originals: originals.length > 0 ? all(originals) : null };
}
