import type { PipelineRunRecord, RunRecord } from '../../../src/durable/contracts/run-record';
import { NO_ROWS } from '../../../src/model/counts';

/** A pipeline that read 100 rows, loaded 90 and accounts for the others. */
export function pipelineRecord(changes: Partial<PipelineRunRecord> = {}): PipelineRunRecord {
  return {
    pipeline: 'flights',
    status: 'Succeeded',
    reason: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:02.000Z',
    sliceLabel: '1 file',
    partitions: 8,
    steps: [],
    counts: { ...NO_ROWS, read: 100, loaded: 90, filtered: 4, deduplicated: 3, quarantined: 3 },
    balanced: true,
    checks: [],
    quarantineReasons: [],
    verifications: [],
    load: 1,
    notes: [],
    failure: null,
    ...changes,
  };
}

/** A run that succeeded, of the given pipelines. */
export function runRecord(pipelines: readonly PipelineRunRecord[], changes: Partial<RunRecord> = {}): RunRecord {
  return {
    runId: 'run-1',
    status: 'Succeeded',
    trigger: { kind: 'manual', by: 'demo' },
    environment: 'local',
    correlationId: 'c',
    planHash: 'p',
    parameters: {},
    requestedAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:01:05.000Z',
    cancel: null,
    failure: null,
    counts: NO_ROWS,
    pipelines,
    ...changes,
  };
}
