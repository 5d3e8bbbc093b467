import type { EngineSession } from '../../engine/engine-session';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import { SYSTEM_COLUMNS } from '../../model/column';
import type { QuarantineReason } from '../../model/check-result';
import type { CheckDefinition } from '../transform/checks/check-definitions';
import { parseOrder } from '../transform/steps/bind-deduplicate';
import {
  excludeDuplicates,
  EXCLUSIONS,
  excludeLosers,
  findDuplicates,
  keepWaived,
  prepareExclusions,
} from './exclusions';
import type { ValidatePartition, ValidateRequest } from './validate-dataset-types';
import { validationNeeds } from './validation-needs';

/** Which rows leave the good files, in figures; the rows stand in the session's `EXCLUSIONS` table. */
export interface DatasetDecision {
  /** Whether the good files were looked at for rows that leave: then the `EXCLUSIONS` table is there. */
  readonly looked: boolean;
  readonly deduplicated: number;
  readonly quarantined: number;
  /** Rows after the deduplication: what unique checks look at. */
  readonly remaining: number;
  /** Rows that stay in the end, counted in the files. */
  readonly remainingAfter: number;
  /** Failing rows of each unique check, by name. */
  readonly duplicates: ReadonlyMap<string, number>;
  /** Of those, the rows that were approved as they are, by name: they stay. */
  readonly waived: ReadonlyMap<string, number>;
  readonly reasons: readonly QuarantineReason[];
}

/** Decides over all partitions at once. Without a unique check or a deduplicate step no file is opened. */
export async function decideDataset(
  request: ValidateRequest,
  definitions: readonly CheckDefinition[],
): Promise<DatasetDecision> {
  const { session, partitions, pipeline } = request;
  const needs = validationNeeds(pipeline);
  const loaded = partitions.reduce((sum, partition) => sum + partition.counts.loaded, 0);
  if (!needs.exclusions || partitions.length === 0) {
    return {
      looked: false,
      deduplicated: 0,
      quarantined: 0,
      remaining: loaded,
      remainingAfter: loaded,
      duplicates: new Map(),
      waived: new Map(),
      reasons: [],
    };
  }
  await prepareExclusions(session, partitions);
  const step = pipeline.transform.find((one) => 'deduplicate' in one);
  if (step && needs.contenders && partitions.filter(hasContenders).length > 0) {
    const directions = step.deduplicate.orderBy.map((text) => parseOrder(text).direction);
    await excludeLosers(session, partitions, directions);
  }
  const remaining = await countRemaining(session, 'deduplicated');
  const duplicates = new Map<string, number>();
  const unique = definitions.filter((check) => check.kind === 'unique');
  for (const [index, check] of unique.entries()) {
    duplicates.set(check.name, await findDuplicates(session, check.columns, `sluice_duplicates_${index}`));
  }
  const waived = new Map<string, number>();
  const waivedFile = request.release?.waivedFile ?? null;
  if (waivedFile !== null) {
    for (const [index, check] of unique.entries()) {
      waived.set(check.name, await keepWaived(session, `sluice_duplicates_${index}`, waivedFile));
    }
  }
  // Only now: a row that one unique check takes out still fails the others.
  for (const [index, check] of unique.entries()) {
    if (check.severity === 'quarantine') await excludeDuplicates(session, `sluice_duplicates_${index}`, check.name);
  }
  return {
    looked: true,
    deduplicated: await countExcluded(session, 'deduplicated'),
    quarantined: await countExcluded(session, 'quarantined'),
    remaining,
    remainingAfter: await countRemaining(session, '%'),
    duplicates,
    waived,
    reasons: unique
      .filter((check) => check.severity === 'quarantine')
      .map((check) => ({ reason: check.name, rows: (duplicates.get(check.name) ?? 0) - (waived.get(check.name) ?? 0) }))
      .filter(({ rows }) => rows > 0),
  };
}

function hasContenders(partition: ValidatePartition): boolean {
  if (partition.contendersFile === null && partition.counts.loaded > 0) {
    throw new LedgerImbalanceError(`Partition ${partition.partition} has good rows, and its contenders were not given`);
  }
  return partition.contendersFile !== null;
}

async function countExcluded(session: EngineSession, fate: string): Promise<number> {
  const place = `${SYSTEM_COLUMNS.file}, ${SYSTEM_COLUMNS.row}`;
  const [found] = await session.rows<{ rows: bigint }>(
    `SELECT count(*) AS rows FROM (SELECT DISTINCT ${place} FROM ${EXCLUSIONS} WHERE fate = $1)`,
    [fate],
  );
  return Number(found?.rows ?? 0);
}

async function countRemaining(session: EngineSession, fate: string): Promise<number> {
  const { file, row } = SYSTEM_COLUMNS;
  const [found] = await session.rows<{ rows: bigint }>(
    `SELECT count(*) AS rows FROM sluice_good AS g ANTI JOIN ${EXCLUSIONS} AS e ` +
      `ON e.fate LIKE $1 AND e.${file} = g.${file} AND e.${row} = g.${row}`,
    [fate],
  );
  return Number(found?.rows ?? 0);
}
