import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS } from '../../model/column';
import type { BoundPipeline } from './bind-pipeline';
import { chainName } from './chain-link';
import { composeChain, inputSql, type ReferenceRelation } from './compose-chain';
import { copyToParquet } from './copy-to-parquet';
import { HIDDEN, OUT } from './hidden-columns';
import { losersSql } from './losers-sql';
import type { TransformRequest } from './transform-partition-types';

export interface StageRowsRequest {
  readonly request: TransformRequest;
  readonly bound: BoundPipeline;
  readonly references: readonly ReferenceRelation[];
  /** Where to write all rows with their hidden columns. */
  readonly stage: string;
}

/** Runs all steps and checks and writes every row, good or not, with what is known about it. */
export async function stageRows(stageRequest: StageRowsRequest): Promise<void> {
  const { request, bound, references, stage } = stageRequest;
  const { links } = bound;
  const cut = links.findIndex((link) => link.deduplicate !== null);
  const checks = bound.checks.sql ?? `SELECT * FROM ${chainName(links.length)}`;
  const given = { references, runStartedAt: request.runStartedAt };
  const start = inputSql(request.input, request.inputColumns, bound.reasons.words);
  if (cut < 0) {
    const query = composeChain({ ...given, start, first: 0, links, end: checks });
    await copyToParquet(request.session, query, stage, 'lz4');
    return;
  }
  const contenders = join(request.session.scratchFolder, `contenders-${randomUUID()}.parquet`);
  const before = links.slice(0, cut + 1);
  const end = `SELECT * FROM ${chainName(cut + 1)}`;
  await copyToParquet(
    request.session,
    composeChain({ ...given, start, first: 0, links: before, end }),
    contenders,
    'lz4',
  );
  const query = composeChain({
    ...given,
    start: withoutLosers(contenders, bound.links[cut]?.deduplicate ?? { keys: 0, directions: [] }),
    first: cut + 1,
    links: links.slice(cut + 1),
    end: checks,
  });
  await copyToParquet(request.session, query, stage, 'lz4');
  await rm(contenders);
}

function withoutLosers(file: string, order: { keys: number; directions: readonly ('ASC' | 'DESC')[] }): string {
  const { file: fileColumn, row } = SYSTEM_COLUMNS;
  const relation = `read_parquet(${quoteLiteral(file)})`;
  const contending = `(SELECT * FROM ${relation} WHERE ${HIDDEN.contends})`;
  const lost = `l.${row} IS NOT NULL`;
  return (
    `SELECT s.* REPLACE (CASE WHEN ${lost} THEN ${OUT.deduplicated} ELSE s.${HIDDEN.out} END AS ${HIDDEN.out}, ` +
    `s.${HIDDEN.contends} AND NOT (${lost}) AS ${HIDDEN.contends}) ` +
    `FROM ${relation} AS s LEFT JOIN (${losersSql(contending, order)}) AS l ` +
    `ON s.${fileColumn} = l.${fileColumn} AND s.${row} = l.${row}`
  );
}
