import { describeRelation } from '../../engine/describe-relation';
import type { EngineSession } from '../../engine/engine-session';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS, SYSTEM_PREFIX } from '../../model/column';
import { copyToParquet } from '../transform/copy-to-parquet';
import { HIDDEN } from '../transform/hidden-columns';
import { masksOf, setSalts } from '../transform/mask-salts';
import { keptValues, maskedInputs } from '../transform/masked-inputs';
import { entryAfterReshaping } from '../transform/needs-single-partition';
import { QUARANTINE_COLUMNS } from '../transform/quarantine-sql';
import type { DatasetDecision } from './decide-dataset';
import { EXCLUSIONS } from './exclusions';
import type { ValidateRequest } from './validate-dataset-types';

const { file, row } = SYSTEM_COLUMNS;

/** Writes the rows that leave, one line each, and the quarantined ones with their values. Gives what the files' footers say. */
export async function writeExclusions(
  request: ValidateRequest,
  decision: DatasetDecision,
): Promise<{ readonly excludedRows: number; readonly quarantinedRows: number }> {
  if (decision.deduplicated + decision.quarantined === 0) return { excludedRows: 0, quarantinedRows: 0 };
  const { session } = request;
  const excludedRows = await copyToParquet(
    session,
    `SELECT partition, ${file}, ${row}, any_value(fate) AS fate, string_agg(reason, '; ' ORDER BY reason) AS reason ` +
      `FROM ${EXCLUSIONS} GROUP BY partition, ${file}, ${row} ORDER BY partition, ${file}, ${row}`,
    request.exclusionsFile,
  );
  if (decision.quarantined === 0) return { excludedRows, quarantinedRows: 0 };
  const quarantinedRows = await copyToParquet(session, await quarantineQuery(request, session), request.quarantineFile);
  return { excludedRows, quarantinedRows };
}

/** The file that rows keep their values from, without what a review added to it. */
function original(values: string, { release }: ValidateRequest): string {
  const relation = `read_parquet(${quoteLiteral(values)})`;
  return release?.waivedFile === values ? `(SELECT * EXCLUDE (${HIDDEN.waived}) FROM ${relation})` : relation;
}

/** The values of rows as they came, masked where a mask step after them masks what they are made into. */
async function maskedValues(request: ValidateRequest, values: string): Promise<readonly string[]> {
  const { pipeline, session, salts = {}, masked: arriveMasked = [] } = request;
  if (masksOf(pipeline).length === 0) return [`r.* EXCLUDE (${file}, ${row})`];
  await setSalts(session, pipeline, salts);
  const described = await describeRelation(session, `SELECT * FROM ${original(values, request)}`);
  const columns = described.filter(({ name }) => !name.startsWith(SYSTEM_PREFIX));
  const entry = request.entry ?? entryAfterReshaping(pipeline);
  return keptValues('r', columns, await maskedInputs({ pipeline, session, columns, entry, arriveMasked }));
}

/** The quarantined rows as they came from the source; without the extracted files, as they are after the transform. */
async function quarantineQuery(request: ValidateRequest, session: EngineSession): Promise<string> {
  const partitions = await session.rows<{ partition: number }>(
    `SELECT DISTINCT partition FROM ${EXCLUSIONS} WHERE fate = 'quarantined' ORDER BY partition`,
  );
  const { reasons, raw } = QUARANTINE_COLUMNS;
  const bad =
    `SELECT ${file}, ${row}, CAST(list(reason ORDER BY reason) AS JSON) AS ${reasons} ` +
    `FROM ${EXCLUSIONS} WHERE fate = 'quarantined' GROUP BY ${file}, ${row}`;
  const selects: string[] = [];
  for (const { partition } of partitions) {
    const good = request.partitions.find((one) => one.partition === partition)?.goodFile ?? '';
    const values = (await request.rawFile?.(partition)) ?? good;
    const isAsItCame = values !== good;
    const kept = isAsItCame ? await maskedValues(request, values) : [`r.* EXCLUDE (${file}, ${row})`];
    selects.push(
      `SELECT ${[`r.${file}`, `r.${row}`, `b.${reasons}`, `NULL::VARCHAR AS ${raw}`, ...kept].join(', ')} ` +
        `FROM ${original(values, request)} AS r JOIN bad AS b ON r.${file} = b.${file} AND r.${row} = b.${row}`,
    );
  }
  return `WITH bad AS (${bad}) SELECT * FROM (${selects.join(' UNION ALL BY NAME ')}) ORDER BY ${file}, ${row}`;
}
