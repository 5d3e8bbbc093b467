import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineSession } from '../../engine/engine-session';
import { quoteLiteral } from '../../engine/quote-literal';
import { SYSTEM_COLUMNS } from '../../model/column';
import { chainName, type ChainLink } from './chain-link';
import { composeChain, type ReferenceRelation } from './compose-chain';
import { copyToParquet } from './copy-to-parquet';
import { HIDDEN, OUT } from './hidden-columns';
import { losersSql, type DeduplicateOrder } from './losers-sql';

export interface StageRowsRequest {
  readonly session: EngineSession;
  readonly references: readonly ReferenceRelation[];
  /** ISO 8601, UTC. */
  readonly runStartedAt: string;
  /** SQL of the relation that the first link reads. */
  readonly start: string;
  /** Index of the first link in the pipeline. */
  readonly first: number;
  readonly links: readonly ChainLink[];
  /** What reads the relation after the last link; all of it when absent. */
  readonly end?: string | undefined;
  /** Whether the validate step decides a deduplication again: then its keys and order stay beside the rows. */
  readonly keepContenders: boolean;
  /** Where to write all rows with their hidden columns. */
  readonly stage: string;
}

/** Runs links and writes every row, good or not, with what is known about it. The chain is cut after each deduplicate step. */
export async function stageRows(request: StageRowsRequest): Promise<void> {
  const { session, references, runStartedAt, keepContenders, stage } = request;
  let { start, first, links } = request;
  const passed: string[] = [];
  for (let cut = cutOf(links); cut >= 0; cut = cutOf(links)) {
    const contenders = join(session.scratchFolder, `contenders-${randomUUID()}.parquet`);
    const end = `SELECT * FROM ${chainName(first + cut + 1)}`;
    const before = links.slice(0, cut + 1);
    await copyToParquet(
      session,
      composeChain({ references, runStartedAt, start, first, links: before, end }),
      contenders,
      'lz4',
    );
    start = withoutLosers(contenders, links[cut]?.deduplicate ?? { keys: 0, directions: [] }, keepContenders);
    first += cut + 1;
    links = links.slice(cut + 1);
    passed.push(contenders);
  }
  const end = request.end ?? `SELECT * FROM ${chainName(first + links.length)}`;
  await copyToParquet(session, composeChain({ references, runStartedAt, start, first, links, end }), stage, 'lz4');
  for (const file of passed) await rm(file);
}

function cutOf(links: readonly ChainLink[]): number {
  return links.findIndex((link) => link.deduplicate !== null);
}

function withoutLosers(file: string, order: DeduplicateOrder, keepContenders: boolean): string {
  const { file: fileColumn, row } = SYSTEM_COLUMNS;
  const relation = `read_parquet(${quoteLiteral(file)})`;
  const contending = `(SELECT * FROM ${relation} WHERE ${HIDDEN.contends})`;
  const lost = `l.${row} IS NOT NULL`;
  const out = `CASE WHEN ${lost} THEN ${OUT.deduplicated} ELSE s.${HIDDEN.out} END AS ${HIDDEN.out}`;
  const beside = [
    ...Array.from({ length: order.keys }, (_, index) => HIDDEN.key(index)),
    ...order.directions.map((_, index) => HIDDEN.order(index)),
    HIDDEN.contends,
  ];
  const star = keepContenders
    ? `s.* REPLACE (${out}, s.${HIDDEN.contends} AND NOT (${lost}) AS ${HIDDEN.contends})`
    : `s.* EXCLUDE (${beside.join(', ')}) REPLACE (${out})`;
  return (
    `SELECT ${star} ` +
    `FROM ${relation} AS s LEFT JOIN (${losersSql(contending, order)}) AS l ` +
    `ON s.${fileColumn} = l.${fileColumn} AND s.${row} = l.${row}`
  );
}
