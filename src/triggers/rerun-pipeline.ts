import { startKeyOf } from './start-key';
import { startRun, type Started } from './start-run';
import type { Orchestrations, TriggerServices } from './trigger-services';

/** Starts a pipeline again although nobody asked; with the same key it is the same run. */
export async function rerunPipeline(
  services: TriggerServices,
  client: Pick<Orchestrations, 'startNew'>,
  pipeline: string,
  key: string,
): Promise<Started> {
  return startRun(services, client as Orchestrations, {
    request: { pipelines: [pipeline] },
    trigger: { kind: 'manual', by: 'alerts' },
    startKey: startKeyOf({ kind: 'manual', idempotencyKey: `alerts ${key} ${pipeline}` }),
    by: 'alerts',
  });
}
