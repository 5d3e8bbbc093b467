import { EntityId } from 'durable-functions';
import type { IncrementalByColumn } from '../../config/schema/source';
import type { PipelineConfig } from '../../config/schema/pipeline';
import type { BreakerState, LeaseState, SlotsState } from '../../durable/contracts/entities';
import { ENTITIES } from '../../durable/contracts/names';
import { reasonOf } from '../../errors/reason-of';
import { batchIdOf } from '../../model/quarantine-review';
import type { Orchestrations, TriggerServices } from '../trigger-services';

const BREAKER_VALUE: Readonly<Record<BreakerState['state'], number>> = { closed: 0, 'half-open': 1, open: 2 };
/** Batches of the quarantine that are looked at, the newest ones. */
const MOST_BATCHES = 200;
/** Facts that are looked at for the newest success of a pipeline. */
const MOST_FACTS = 20;
/** What takes many reads is measured with every fifth tick. */
const EVERY_MINUTES = 5;

/** Tells the gauges how everything stands that no run tells of by itself. What cannot be read is left out, and the tick goes on. */
export async function measureState(services: TriggerServices, client: Orchestrations): Promise<void> {
  const { meters, tracing, clock } = services;
  if (!meters.isOn) return;
  const { partial } = services.project.load();
  const pipelines = Object.values(partial.pipelines);
  const seldom = new Date(clock.nowMs()).getUTCMinutes() % EVERY_MINUTES === 0;
  await tracing.unobserved(async () => {
    await careful(services, 'runs', () => measureRuns(services, client));
    await careful(services, 'connections', () =>
      measureConnections(services, client, Object.keys(partial.connections)),
    );
    await careful(services, 'freshness', () => measureFreshness(services, pipelines));
    if (seldom)
      await careful(services, 'quarantine', () => measureQuarantine(services, Object.keys(partial.pipelines)));
  });
}

async function measureRuns({ stores, meters }: TriggerServices, client: Orchestrations): Promise<void> {
  const counts = { Queued: 0, InProgress: 0 };
  const underWay = new Set<string>();
  for (const runId of await stores.runs.active()) {
    const run = await stores.runs.get(runId);
    if (run?.status !== 'Queued' && run?.status !== 'InProgress') continue;
    counts[run.status] += 1;
    for (const { pipeline, status } of run.pipelines)
      if (status === 'Queued' || status === 'InProgress') underWay.add(pipeline);
  }
  for (const [status, value] of Object.entries(counts)) meters.set('sluice.runs.active', value, { status });
  for (const pipeline of underWay) {
    const lease = await entity<LeaseState>(client, ENTITIES.pipelineLease, pipeline);
    meters.set('sluice.lease.waiting', lease?.queue.length ?? 0, { pipeline });
  }
}

async function measureConnections(
  { meters }: TriggerServices,
  client: Orchestrations,
  connections: readonly string[],
): Promise<void> {
  for (const connection of connections) {
    const breaker = await entity<BreakerState>(client, ENTITIES.circuitBreaker, connection);
    meters.set('sluice.breaker.state', BREAKER_VALUE[breaker?.state ?? 'closed'], { connection });
    const slots = await entity<SlotsState>(client, ENTITIES.connectionSlots, connection);
    if (slots !== null) meters.set('sluice.connection.waiting', slots.queue.length, { connection });
  }
}

async function measureFreshness(
  { stores, meters, clock }: TriggerServices,
  pipelines: readonly PipelineConfig[],
): Promise<void> {
  for (const { pipeline, source } of pipelines) {
    const facts = await stores.facts.list(pipeline, MOST_FACTS);
    const last = facts.find(({ status, current }) => status === 'Succeeded' && current);
    if (last !== undefined) meters.set('sluice.freshness', secondsSince(last.endedAt, clock.nowMs()), { pipeline });
    if (!isByColumn(source.incremental)) continue;
    const value = (await stores.watermarks.get(pipeline))?.value ?? '';
    // A cursor may as well be a number.
    if (/^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)))
      meters.set('sluice.watermark.lag', secondsSince(value, clock.nowMs()), { pipeline });
  }
}

async function measureQuarantine(
  { stores, meters, clock }: TriggerServices,
  pipelines: readonly string[],
): Promise<void> {
  const found = new Map(pipelines.map((pipeline) => [pipeline, { rows: 0, oldest: clock.nowMs() }]));
  for (const batch of await stores.quarantine.list({ limit: MOST_BATCHES })) {
    const id = batchIdOf({ ...batch, entry: batch.entry ?? 0 });
    if ((await stores.reviews.batch(id)).value.closedAt !== null) continue;
    let open = batch.rows;
    for await (const { value } of stores.reviews.rows(id)) if (value.state !== 'open') open -= 1;
    if (open <= 0) continue;
    const { rows, oldest } = found.get(batch.pipeline) ?? { rows: 0, oldest: clock.nowMs() };
    found.set(batch.pipeline, { rows: rows + open, oldest: Math.min(oldest, Date.parse(batch.at)) });
  }
  for (const [pipeline, { rows, oldest }] of found) {
    meters.set('sluice.quarantine.backlog', rows, { pipeline });
    meters.set('sluice.quarantine.age', Math.max(0, clock.nowMs() - oldest) / 1000, { pipeline });
  }
}

function isByColumn(incremental: PipelineConfig['source']['incremental']): incremental is IncrementalByColumn {
  return incremental?.by === 'column';
}

function secondsSince(time: string, nowMs: number): number {
  return Math.max(0, nowMs - Date.parse(time)) / 1000;
}

async function entity<State>(client: Orchestrations, name: string, key: string): Promise<State | null> {
  const { entityExists, entityState } = await client.readEntityState<State>(new EntityId(name, key));
  return entityExists ? (entityState ?? null) : null;
}

async function careful({ log }: TriggerServices, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn('telemetry-not-observed', { what, reason: reasonOf(error) });
  }
}
