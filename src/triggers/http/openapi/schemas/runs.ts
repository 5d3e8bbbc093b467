import { z } from 'zod';
import type { CheckResult } from '../../../../model/check-result';
import type { RunRecord } from '../../../../durable/contracts/run-record';
import type { ReleaseBalance } from '../../../../project/release-balance';
import type { UndoRecord } from '../../../../state/stores';
import { counts, failure, maybeTime, pageLinks, scalar, status, time } from './common';
import { waitsForApproval } from './versions';

const rows = z.int().min(0);
const trigger = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('manual'), by: z.string(), rerunOf: z.string().exactOptional() }),
    z.strictObject({ kind: z.literal('schedule'), pipeline: z.string(), dueAt: time }),
    z.strictObject({ kind: z.enum(['blob', 'event']), pipeline: z.string(), path: z.string(), etag: z.string() }),
    z.strictObject({
      kind: z.literal('release'),
      by: z.string(),
      pipeline: z.string(),
      release: z.string(),
      releaseOf: z.array(z.string()),
    }),
    z.strictObject({
      kind: z.literal('backfill'),
      by: z.string(),
      pipeline: z.string(),
      backfill: z.string(),
      window: z.int().min(0),
    }),
  ])
  .meta({ id: 'Trigger', description: 'What started a run.' });

export const checkStatus = z.enum(['passed', 'warned', 'quarantined', 'failed', 'learning', 'skipped']);
export const checkResult = z
  .strictObject({
    name: z.string(),
    kind: z.string(),
    columns: z.array(z.string()),
    severity: z.enum(['warn', 'quarantine', 'fail']),
    evaluated: rows,
    failures: rows,
    waived: rows.exactOptional(),
    status: checkStatus,
    message: z.string(),
    figures: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).exactOptional(),
  })
  .meta({ id: 'CheckResult' }) satisfies z.ZodType<CheckResult>;

const step = z
  .strictObject({
    step: z.enum(['plan', 'extract', 'transform', 'validate', 'stage', 'publish', 'advance-watermark']),
    status,
    partitions: z.strictObject({ total: rows, done: rows }),
    rows,
    bytes: rows,
    retries: rows,
    startedAt: maybeTime,
    endedAt: maybeTime,
  })
  .meta({ id: 'Step' });

const pipelineRun = z
  .strictObject({
    pipeline: z.string(),
    status,
    reason: z.string().nullable(),
    startedAt: maybeTime,
    endedAt: maybeTime,
    sliceLabel: z.string().nullable(),
    partitions: rows,
    steps: z.array(step),
    counts,
    balanced: z.boolean().nullable().describe('Null while it is under way.'),
    checks: z.array(checkResult),
    quarantineReasons: z.array(z.strictObject({ reason: z.string(), rows })),
    lookups: z
      .array(
        z.strictObject({
          step: z.int(),
          name: z.string(),
          from: z.string(),
          rows,
          matched: rows,
          missing: rows,
          generation: z.string(),
          cacheHits: rows,
          cacheMisses: rows,
        }),
      )
      .exactOptional(),
    rules: z
      .array(z.strictObject({ step: z.int(), name: z.string(), reason: z.string().nullable(), rows }))
      .exactOptional(),
    verifications: z.array(
      z.strictObject({ name: z.string(), passed: z.boolean(), expected: z.string(), actual: z.string() }),
    ),
    load: z.int().nullable().describe('The id in the ledger of the target; null when nothing was published.'),
    notes: z.array(z.string()),
    failure: failure.nullable(),
  })
  .meta({ id: 'PipelineRun', description: 'One pipeline of a run.' });

export const run = z
  .strictObject({
    runId: z.string(),
    status,
    trigger,
    environment: z.string(),
    correlationId: z.string(),
    planHash: z.string(),
    versions: z.record(z.string(), z.string()).exactOptional().describe('The version of each definition, by pipeline.'),
    parameters: z.record(z.string(), scalar),
    requestedAt: time,
    startedAt: maybeTime,
    endedAt: maybeTime,
    cancel: z.strictObject({ requestedAt: time, by: z.string(), reason: z.string() }).nullable(),
    failure: failure.nullable(),
    counts,
    pipelines: z.array(pipelineRun),
  })
  .meta({ id: 'Run' });
run satisfies z.ZodType<RunRecord>;

const release = z
  .strictObject({
    release: z.string(),
    releaseOf: z.array(z.strictObject({ runId: z.string(), quarantined: rows.nullable() })),
    released: rows,
    loaded: rows,
    quarantinedAgain: rows,
    otherwise: z.int(),
    notInThisRelease: z.int().nullable(),
    balanced: z.boolean(),
  })
  .meta({ id: 'ReleaseBalance' }) satisfies z.ZodType<ReleaseBalance>;

export const undo = z
  .strictObject({
    by: z.string(),
    reason: z.string(),
    requestedAt: time,
    pipelines: z.array(z.string()),
    attempt: z.int().min(1),
    end: z
      .strictObject({
        status: z.enum(['Succeeded', 'Failed']),
        undone: z.array(
          z.strictObject({ pipeline: z.string(), of: z.int(), load: z.int(), removed: rows, restored: rows }),
        ),
        failure: failure.nullable(),
        endedAt: time,
      })
      .nullable(),
  })
  .meta({ id: 'Undo' }) satisfies z.ZodType<UndoRecord>;

export const runInDetail = run
  .extend({ release: release.exactOptional(), undo: undo.exactOptional() })
  .meta({ id: 'RunInDetail' });
export const runsPage = z.strictObject({ runs: z.array(run), continuation: z.string().nullable(), links: pageLinks });
export const started = z
  .strictObject({
    runId: z.string(),
    status: z.literal('Queued'),
    alreadyStarted: z.boolean().describe('True where the same start was made before: nothing was started now.'),
    links: z.strictObject({ run: z.string(), cancel: z.string() }),
  })
  .meta({ id: 'Started' });
export const startedAgain = started
  .extend({ rerunOf: z.string(), pipelines: z.array(z.string()) })
  .meta({ id: 'StartedAgain' });
export const cancelled = z.strictObject({
  runId: z.string(),
  cancelRequestedAt: time,
  forced: z.boolean(),
  terminated: z.array(z.string()).describe('Orchestrations that were ended at once.'),
  links: z.strictObject({ run: z.string() }),
});
export const undoAsked = z.union([
  z.strictObject({ runId: z.string(), undo, links: z.strictObject({ run: z.string() }) }),
  waitsForApproval,
]);
export const checksOfRun = z.strictObject({
  runId: z.string(),
  status,
  startedAt: maybeTime,
  pipelines: z.array(
    z.strictObject({
      pipeline: z.string(),
      status,
      verdict: z.enum(['passed', 'failed']).nullable(),
      message: z.string().nullable(),
      checks: z.array(checkResult),
    }),
  ),
});
