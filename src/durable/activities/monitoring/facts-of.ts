import type { RunFact } from '../../../model/service-level';
import type { RunRecord } from '../../contracts/run-record';

/** Releases and backfills take other rows than those that are new. */
const BESIDE: ReadonlySet<string> = new Set(['release', 'backfill']);

/** What a run that has ended says of each of its pipelines that had begun. */
export function factsOf(run: RunRecord): RunFact[] {
  return run.pipelines.flatMap(({ pipeline, status, startedAt, endedAt, load, steps }) => {
    if (startedAt === null) return [];
    const timed = steps.flatMap((step) =>
      step.startedAt === null || step.endedAt === null
        ? []
        : [{ step: step.step, ms: Date.parse(step.endedAt) - Date.parse(step.startedAt) }],
    );
    return [
      {
        pipeline,
        runId: run.runId,
        status,
        startedAt,
        endedAt: endedAt ?? run.endedAt ?? startedAt,
        current: !BESIDE.has(run.trigger.kind),
        load,
        steps: timed,
      },
    ];
  });
}
