import path from 'node:path';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import type { EngineSession } from '../../engine/engine-session';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import type { ArtifactRef } from '../../model/artifact';
import { SYSTEM_COLUMNS } from '../../model/column';
import type { Release } from '../../model/release';
import type { ArtifactPlace } from '../../state/stores';
import { fileFacts } from '../../steps/file-facts';
import { HIDDEN } from '../../steps/transform/hidden-columns';
import type { ActivityServices } from './activity-services';
import { releasedColumns } from './plan-release';

/**
 * Brings released rows into the run: the source's columns, their places, and `_sluice_waived`. Rows of several runs may stand at the same
 * place of different files; then each gets a place of its own, because a place must name one row. Throws `LedgerImbalanceError` when rows
 * are missing.
 */
export async function extractRelease(
  { stores }: Pick<ActivityServices, 'stores'>,
  session: EngineSession,
  release: Release,
  place: ArtifactPlace,
): Promise<ArtifactRef> {
  const released = await stores.artifacts.fetch(release.artifact, session.scratchFolder);
  const relation = `read_parquet(${quoteLiteral(released)}, file_row_number = true)`;
  const { file, row } = SYSTEM_COLUMNS;
  const [found] = await session.rows<{ rows: bigint; places: bigint }>(
    `SELECT count(*) AS rows, count(DISTINCT (${file}, ${row})) AS places FROM ${relation}`,
  );
  const [rows, places] = [Number(found?.rows ?? 0), Number(found?.places ?? 0)];
  if (rows !== release.rows)
    throw new LedgerImbalanceError(`${release.id} has ${release.rows} rows, and ${rows} were found`);
  const where = places === rows ? [file, row] : [`0::INTEGER AS ${file}`, `file_row_number + 1 AS ${row}`];
  const columns = releasedColumns(release).map(({ name }) => quoteIdentifier(name));
  const waived = `coalesce(${HIDDEN.waived}, false) AS ${HIDDEN.waived}`;
  const out = path.join(session.scratchFolder, 'released.parquet');
  await session.run(
    `COPY (SELECT ${[...columns, ...where, waived].join(', ')} FROM ${relation} ORDER BY file_row_number)
     TO ${quoteLiteral(out)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  return stores.artifacts.putParquet(out, place, await fileFacts(session, out));
}
