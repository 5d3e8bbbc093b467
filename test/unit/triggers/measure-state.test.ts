import type { Meters } from '../../../src/observability/metrics/meters';
import { measureState } from '../../../src/triggers/schedule/measure-state';
import { startKeyOf } from '../../../src/triggers/start-key';
import { startRun } from '../../../src/triggers/start-run';
import { FakeOrchestrations } from './fake-orchestrations';
import { FILES, testServices } from './test-services';

const HOUR_MS = 3_600_000;

/** Meters that remember gauges as `name{dimension=value}`. */
function gauges(): { meters: Meters; values: Map<string, number> } {
  const values = new Map<string, number>();
  const set: Meters['set'] = (name, value, dimensions) => {
    const by = Object.entries<string>({ ...dimensions }).map(([dimension, of]) => `${dimension}=${of}`);
    values.set(`${name}{${by.join(',')}}`, value);
  };
  return { meters: { isOn: true, add: () => undefined, record: () => undefined, set }, values };
}

const artifact = { path: 'runs/x', bytes: 1, sha256: 'a'.repeat(64), rows: 10, columns: [] };

test('breakers, leases, runs, freshness, watermarks and quarantine are told as they stand', async () => {
  const services = await testServices({
    ...FILES,
    'orders.yaml': `pipeline: orders
source: { connection: warehouse, table: t.orders_in, incremental: { by: column, column: changed_at } }
target: { connection: warehouse, table: t.orders, writeDisposition: append }
`,
  });
  const { meters, values } = gauges();
  const orchestrations = new FakeOrchestrations();
  const { stores, clock } = services;
  const { runId } = await startRun(services, orchestrations.client, {
    request: { pipelines: ['customers'] },
    trigger: { kind: 'manual', by: 'ann' },
    startKey: startKeyOf({ kind: 'manual', idempotencyKey: `measure-${clock.nowMs()}-${Math.random()}` }),
    by: 'ann',
  });
  orchestrations.entities.set('circuit-breaker/warehouse', { state: 'open', openedAt: 1, until: 2, reason: 'x' });
  orchestrations.entities.set('pipeline-lease/customers', {
    holder: 'run-0',
    expiresAt: 1,
    queue: [{ holder: runId, expiresAt: 1 }],
  });
  orchestrations.entities.set('connection-slots/landing', {
    held: [],
    queue: [{ holder: 'a', run: 'b', expiresAt: 1 }],
  });
  const ago = (hours: number): string => new Date(clock.nowMs() - hours * HOUR_MS).toISOString();
  const fact = { pipeline: 'customers', runId: 'run-1', startedAt: ago(4), current: true, load: 1, steps: [] };
  await stores.facts.put({ ...fact, status: 'Succeeded', endedAt: ago(3) });
  await stores.facts.put({ ...fact, runId: 'run-2', status: 'Failed', startedAt: ago(2), endedAt: ago(1) });
  await stores.watermarks.advance({ pipeline: 'orders', load: 1, files: [], value: ago(2), definitionHash: null });
  const batch = { pipeline: 'customers', step: 'transform', artifact, rows: 10, reasons: [] } as const;
  await stores.quarantine.add({ ...batch, runId: 'run-1', partition: 0, at: ago(5) });
  await stores.quarantine.add({ ...batch, runId: 'run-2', partition: 0, at: ago(6) });
  const row = { file: 0, row: 1, edits: {}, reason: 'x', by: 'ann', at: ago(1), release: null, version: 1 };
  await stores.reviews.saveRow(
    'run-1.customers.transform.0.0',
    { ...row, state: 'discarded', decision: 'discard' },
    null,
  );
  const closed = (await stores.reviews.batch('run-2.customers.transform.0.0')).value;
  await stores.reviews.saveBatch('run-2.customers.transform.0.0', { ...closed, closedAt: ago(1) }, null);

  await measureState({ ...services, meters }, orchestrations.client);
  expect(Object.fromEntries(values)).toEqual({
    'sluice.runs.active{status=Queued}': 1,
    'sluice.runs.active{status=InProgress}': 0,
    'sluice.lease.waiting{pipeline=customers}': 1,
    'sluice.breaker.state{connection=landing}': 0,
    'sluice.breaker.state{connection=warehouse}': 2,
    'sluice.connection.waiting{connection=landing}': 1,
    'sluice.freshness{pipeline=customers}': 3 * 3600,
    'sluice.watermark.lag{pipeline=orders}': 2 * 3600,
    'sluice.quarantine.backlog{pipeline=customers}': 9,
    'sluice.quarantine.age{pipeline=customers}': 5 * 3600,
    'sluice.quarantine.backlog{pipeline=orders}': 0,
    'sluice.quarantine.age{pipeline=orders}': 0,
  });
});

test('what cannot be read is left out, and said', async () => {
  const services = await testServices();
  const { meters, values } = gauges();
  const client = { readEntityState: () => Promise.reject(new Error('gone')) } as never;
  await measureState({ ...services, meters }, client);
  expect(services.events).toEqual(['telemetry-not-observed']);
  expect([...values.keys()]).toContain('sluice.quarantine.backlog{pipeline=customers}');
});

test('where nobody listens nothing is read', async () => {
  const services = await testServices();
  const unread = new Proxy(
    {},
    {
      get: () => {
        throw new Error('read');
      },
    },
  );
  await measureState({ ...services, stores: unread as never, project: unread as never }, unread as never);
  expect(services.events).toEqual([]);
});
