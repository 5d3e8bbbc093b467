import { quoteLiteral } from '../../engine/quote-literal';
import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import type { CheckResult } from '../../model/check-result';
import { SYSTEM_COLUMNS } from '../../model/column';
import type { Counts } from '../../model/counts';
import type { MetricValue } from '../../model/metric';
import { mergeAggregates, type AggregateValues } from '../dataset/aggregate';
import { datasetAggregates } from '../dataset/dataset-aggregates';
import { judgeAnomalyCheck } from '../dataset/judge-anomaly-check';
import { judgeDatasetCheck } from '../dataset/judge-dataset-check';
import { readAggregates } from '../dataset/read-aggregates';
import type { CheckDefinition } from '../transform/checks/check-definitions';
import type { DatasetDecision } from './decide-dataset';
import { EXCLUSIONS } from './exclusions';
import type { ValidatePartition, ValidateRequest } from './validate-dataset-types';

/** The verdicts of the checks on the slice, by name, and the values that the history keeps. */
export interface SliceVerdicts {
  readonly results: ReadonlyMap<string, CheckResult>;
  readonly metrics: readonly MetricValue[];
}

/** Judges the checks on the slice as a whole, on the rows that stay. All figures come from one look at the rows, or from none. */
export async function judgeSlice(
  request: ValidateRequest,
  definitions: readonly CheckDefinition[],
  decision: DatasetDecision,
  counts: Counts,
): Promise<SliceVerdicts> {
  const { columns, runStartedAt, history } = request;
  const values = await figuresOf(request, definitions, decision);
  const results = new Map<string, CheckResult>();
  const metrics = new Map<string, MetricValue>();
  for (const check of definitions) {
    if ('anomaly' in check.config) {
      const { result, value } = judgeAnomalyCheck(check, check.config.anomaly, values, runStartedAt, history);
      results.set(check.name, result);
      // Two checks may look at one metric: it is an anomaly when one of them says so.
      if (value !== null) {
        const anomalous = value.anomalous || (metrics.get(value.metric)?.anomalous ?? false);
        metrics.set(value.metric, { ...value, anomalous });
      }
    } else {
      results.set(check.name, judgeDatasetCheck(check, { values, rows: counts.loaded, columns, runStartedAt }));
    }
  }
  return { results, metrics: [...metrics.values()] };
}

async function figuresOf(
  { partitions, columns, session, runStartedAt }: ValidateRequest,
  definitions: readonly CheckDefinition[],
  decision: DatasetDecision,
): Promise<AggregateValues> {
  const aggregates = datasetAggregates(definitions, columns ?? [], runStartedAt);
  if (aggregates.length === 0 || partitions.length === 0) return {};
  const files = partitions.map(({ goodFile }) => goodFile).filter((file) => file !== null);
  if (files.length < partitions.length) return mergeAggregates(aggregates, partitions.flatMap(partialOf));
  const { file, row } = SYSTEM_COLUMNS;
  const good = `read_parquet([${files.map(quoteLiteral).join(', ')}], union_by_name = true) AS g`;
  const left =
    decision.deduplicated + decision.quarantined === 0 ? '' : ` ANTI JOIN ${EXCLUSIONS} AS e USING (${file}, ${row})`;
  return readAggregates(session, aggregates, good + left);
}

function partialOf({ partition, counts, aggregates }: ValidatePartition): AggregateValues[] {
  if (aggregates === undefined && counts.loaded > 0) {
    throw new LedgerImbalanceError(
      `Partition ${partition} has good rows, and neither they nor their figures were given`,
    );
  }
  return aggregates === undefined ? [] : [aggregates];
}
