import type { RunPlan } from '../../config/project';
import { BackfillNotFoundError } from '../../errors/backfill-not-found-error';
import { isEnded } from '../../model/status';
import type { StartedWindow } from '../contracts/backfill';
import { ACTIVITIES } from '../contracts/names';
import type { MasterInput } from '../contracts/orchestrations';
import { defineActivity } from './define-activity';

/**
 * Records the runs of some windows, with the definition that the backfill was started with. A window's run id and start key follow from
 * the backfill and its position, so that the same window is the same run however often this is done.
 */
export const startBackfillWindows = defineActivity(
  ACTIVITIES.startBackfillWindows,
  async (services, { backfill: id, first, count }) => {
    const { backfills, artifacts, runs: runStore } = services.stores;
    const backfill = await backfills.get(id);
    if (backfill === null) throw new BackfillNotFoundError(id);
    if (backfill.cancel !== null) return { cancelled: true, runs: [] };
    const { pipeline, by, correlationId } = backfill;
    const base = await artifacts.getJson<RunPlan>(backfill.plan);
    const runs: StartedWindow[] = [];
    for (const [index, { from, to, runId, startKey }] of backfill.windows.slice(first, first + count).entries()) {
      const window = first + index;
      const plan = await artifacts.putJson('plans', { ...base, backfill: { id, window, from, to } } satisfies RunPlan);
      const masterInput: MasterInput = { ...backfill.masterInput, runId, plan, correlationId };
      await runStore.create({
        runId,
        startKey,
        trigger: { kind: 'backfill', by, pipeline, backfill: id, window },
        environment: base.environment,
        correlationId,
        plan,
        pipelines: [pipeline],
        parameters: base.parameters,
        ...(base.versions !== undefined && { versions: base.versions }),
        requestedAt: services.now(),
        masterInput,
      });
      const status = (await runStore.get(runId))?.status ?? 'Queued';
      runs.push({ runId, masterInput, ended: isEnded(status) ? status : null });
    }
    return { cancelled: false, runs };
  },
);
