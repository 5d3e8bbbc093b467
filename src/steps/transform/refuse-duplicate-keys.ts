import type { PipelineConfig } from '../../config/schema/pipeline';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import { LookupKeysNotUniqueError } from '../../errors/lookup-keys-not-unique-error';
import { referenceIdOf } from '../../model/reference-file';
import type { ReferenceRelation } from './compose-chain';

/** Throws `LookupKeysNotUniqueError` when a lookup would find two rows for one key. Keys with a null match nothing and are passed over. */
export async function refuseDuplicateKeys(
  pipeline: Pick<PipelineConfig, 'transform'>,
  references: readonly ReferenceRelation[],
  session: EngineSession,
): Promise<void> {
  for (const step of pipeline.transform) {
    if (!('lookup' in step)) continue;
    const from = referenceIdOf(step.lookup.from);
    const reference = references.find(({ pipeline: name }) => name === from);
    if (!reference) continue;
    const columns = Object.values(step.lookup.match);
    const keys = columns.map(quoteIdentifier);
    const [found] = await session.rows<{ keys: bigint }>(
      `SELECT count(*) AS keys FROM (SELECT 1 FROM read_parquet(${quoteLiteral(reference.file)}) ` +
        `WHERE ${keys.map((key) => `${key} IS NOT NULL`).join(' AND ')} GROUP BY ${keys.join(', ')} HAVING count(*) > 1)`,
    );
    const duplicates = Number(found?.keys ?? 0);
    if (duplicates > 0) throw new LookupKeysNotUniqueError(from, columns, duplicates);
  }
}
