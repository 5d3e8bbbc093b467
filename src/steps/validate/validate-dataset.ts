import { LedgerImbalanceError } from '../../errors/ledger-imbalance-error';
import type { CheckResult, QuarantineReason } from '../../model/check-result';
import { addCounts, imbalance, type Counts } from '../../model/counts';
import { checkDefinitions, isDatasetCheck, type CheckDefinition } from '../transform/checks/check-definitions';
import { decideDataset, type DatasetDecision } from './decide-dataset';
import { judgeCheck } from './judge-check';
import { skippedChecks } from './skipped-checks';
import { judgeSlice } from './judge-slice';
import { exceeds, share } from './threshold';
import type { ValidateFacts, ValidatePartition, ValidateRequest } from './validate-dataset-types';
import { writeExclusions } from './write-exclusions';

/**
 * Judges the whole slice, over all partitions: which rows lose a deduplication against another partition, which share a key that
 * should be unique, what checks say of the slice as a whole, and whether what failed is more than the checks and the pipeline allow. A failed verdict is a result and
 * not an error. Throws `LedgerImbalanceError` when the rows do not balance, and what the engine throws.
 */
export async function validateDataset(request: ValidateRequest): Promise<ValidateFacts> {
  const { pipeline, partitions } = request;
  const definitions = checkDefinitions(pipeline);
  const decision = await decideDataset(request, definitions);
  const written = await writeExclusions(request, decision);
  const counts = countsAfter(partitions, decision, written);
  const overall = definitions.filter(isDatasetCheck);
  const slice =
    request.release === undefined
      ? await judgeSlice(request, overall, decision, counts)
      : { results: skippedChecks(overall), metrics: [] };
  const checks = definitions.map(
    (check) => slice.results.get(check.name) ?? judge(check, partitions, decision, request.release !== undefined),
  );
  const reasons = mergeReasons([...partitions.flatMap((partition) => partition.reasons), ...decision.reasons]);
  const faults = [
    ...checks.filter((check) => check.status === 'failed').map((check) => check.message),
    ...quarantineFault(request, counts, reasons),
  ];
  return {
    verdict: faults.length > 0 ? 'failed' : 'passed',
    message: faults.length > 0 ? faults.join(' ') : passedMessage(checks, counts),
    checks,
    metrics: slice.metrics,
    reasons,
    counts,
    excludedRows: written.excludedRows,
    quarantinedRows: written.quarantinedRows,
    originals: written.originals,
    datasetReasons: decision.reasons,
  };
}

function passedMessage(checks: readonly CheckResult[], counts: Counts): string {
  const warned = checks.filter((check) => check.status === 'warned').length;
  const figures = `${counts.read} rows read, ${counts.quarantined} quarantined, ${counts.loaded} to load`;
  return `No check of ${checks.length} fails the run${warned > 0 ? `, ${warned} warn` : ''}: ${figures}.`;
}

function judge(
  check: CheckDefinition,
  partitions: readonly ValidatePartition[],
  decision: DatasetDecision,
  isRelease: boolean,
): CheckResult {
  if (check.kind === 'unique') {
    const failures = decision.duplicates.get(check.name) ?? 0;
    const waived = decision.waived.get(check.name) ?? 0;
    return judgeCheck(check, { evaluated: decision.remaining, failures, waived, isRelease });
  }
  const partial = partitions.flatMap((partition) => partition.checks.filter((one) => one.name === check.name));
  return judgeCheck(check, {
    evaluated: partial.reduce((sum, one) => sum + one.evaluated, 0),
    failures: partial.reduce((sum, one) => sum + one.failures, 0),
    waived: partial.reduce((sum, one) => sum + (one.waived ?? 0), 0),
    isRelease,
  });
}

/** Adds up the partitions and moves the rows that leave to their new fate; both sides were counted by themselves. */
function countsAfter(
  partitions: readonly ValidatePartition[],
  decision: DatasetDecision,
  written: { readonly excludedRows: number },
): Counts {
  const before = addCounts(partitions.map((partition) => partition.counts));
  const counts: Counts = {
    ...before,
    deduplicated: before.deduplicated + decision.deduplicated,
    quarantined: before.quarantined + decision.quarantined,
    loaded: before.loaded - written.excludedRows,
  };
  if (imbalance(counts) !== 0 || decision.remainingAfter !== counts.loaded) {
    throw new LedgerImbalanceError(`The rows of the validate step do not balance: ${JSON.stringify(counts)}`);
  }
  return counts;
}

function quarantineFault(request: ValidateRequest, counts: Counts, reasons: readonly QuarantineReason[]): string[] {
  const limit = request.pipeline.quarantine.maxShare;
  // Of the rows that an unnest made, each could be quarantined.
  const rows = counts.read + counts.generated;
  if (request.release !== undefined || limit === undefined || !exceeds(limit, counts.quarantined, rows)) return [];
  const most = [...reasons].sort((a, b) => b.rows - a.rows).slice(0, 3);
  const named = most.map(({ reason, rows }) => `${reason} ${rows}`).join(', ');
  const figures = `${counts.quarantined} of ${rows} rows (${share(counts.quarantined, rows)})`;
  return [`Quarantine: ${figures} were quarantined, ${limit} allowed; most by ${named}. The run fails.`];
}

function mergeReasons(reasons: readonly QuarantineReason[]): QuarantineReason[] {
  const rows = new Map<string, number>();
  for (const { reason, rows: more } of reasons) rows.set(reason, (rows.get(reason) ?? 0) + more);
  return [...rows].map(([reason, count]) => ({ reason, rows: count })).sort((a, b) => (a.reason < b.reason ? -1 : 1));
}
