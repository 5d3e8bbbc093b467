import { randomUUID } from 'node:crypto';
import { costOf } from '../../model/cost';
import { toFailure } from '../../errors/to-failure';
import { addUsage, NO_USAGE, NO_WORK, type Reading, type Usage } from '../../model/usage';
import { withUsage } from '../../platform/usage-meter';
import type { ActivityName } from '../contracts/names';
import type { Outcome } from '../contracts/outcome';
import type { ActivityServices } from './activity-services';
import { workOfResult } from './work-of-result';

/** The write of the reading itself, which is paid as any other. */
const OWN_WRITE = { ...NO_USAGE, table: 1 };

/**
 * Does the work of one execution of an activity and writes down what it used: beside the result and never in it, so that a replay sees the same whatever
 * it cost. A reading that cannot be written costs nothing but itself.
 */
export async function metered<T>(
  services: ActivityServices,
  name: ActivityName,
  input: unknown,
  work: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const { value: outcome, usage } = await withUsage(services.instanceMemoryMb, work);
  try {
    const reading = readingOf(services, name, input, outcome, addUsage(usage, OWN_WRITE));
    await services.stores.usage.record(reading);
    tellCost(services, reading);
  } catch (error) {
    services.log.warn('usage-not-recorded', { activity: name, code: toFailure(error).code });
  }
  return outcome;
}

function readingOf(
  services: ActivityServices,
  name: ActivityName,
  input: unknown,
  outcome: Outcome<unknown>,
  usage: Usage,
): Reading {
  const { runId, pipeline, partition } = input as Record<string, unknown>;
  return {
    at: services.now(),
    execution: randomUUID(),
    activity: name,
    runId: typeof runId === 'string' ? runId : null,
    pipeline: typeof pipeline === 'string' ? pipeline : null,
    partition: typeof partition === 'number' ? partition : null,
    usage,
    work: outcome.ok ? workOfResult(name, outcome.value) : NO_WORK,
    memory: { peakBytes: process.resourceUsage().maxRSS * 1024, instanceMb: services.instanceMemoryMb },
  };
}

function tellCost(services: ActivityServices, { usage, pipeline }: Reading): void {
  const table = services.prices();
  const { total: _total, ...parts } = costOf(usage, table);
  for (const [resource, cost] of Object.entries(parts)) {
    if (cost > 0)
      services.meters.add('sluice.cost', cost, { pipeline: pipeline ?? '', resource, currency: table.currency });
  }
}
