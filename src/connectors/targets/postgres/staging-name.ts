import { createHash } from 'node:crypto';

export { STAGING_SCHEMA } from '../../postgres/staging-schema';

/** The staging table of a partition: hashed, because PostgreSQL cuts names after 63 bytes without a word. */
export function stagingTable(runId: string, pipeline: string, partition: number): string {
  return `${stagingPrefix(runId, pipeline)}${partition}`;
}

/** What the names of a pipeline's staging tables in a run begin with. */
export function stagingPrefix(runId: string, pipeline: string): string {
  return `${runPrefix(runId)}${hash(pipeline)}_`;
}

/** What the names of all staging tables of a run begin with. */
export function runPrefix(runId: string): string {
  return `s_${hash(runId)}_`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}
