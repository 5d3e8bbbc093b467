import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunPlan } from '../../../src/config/project';
import type { PipelineResult } from '../../../src/durable/contracts/activities';
import type { MasterInput } from '../../../src/durable/contracts/orchestrations';
import { NO_ROWS } from '../../../src/model/counts';
import type { Status } from '../../../src/model/status';
import { handle, type Route } from '../../../src/triggers/http/handle';
import { rerunRun } from '../../../src/triggers/http/rerun-run';
import { startRuns } from '../../../src/triggers/http/start-runs';
import { pinnedPlan, pipelinesToRerun } from '../../../src/triggers/rerun';
import { FakeOrchestrations } from './fake-orchestrations';
import { testServices, FILES, type TestServices } from './test-services';

let services: TestServices;
let durable: FakeOrchestrations;
beforeEach(async () => {
  services = await testServices();
  durable = new FakeOrchestrations();
});

async function send(route: Route, body: object, id = '', headers: Record<string, string> = {}) {
  const request = new HttpRequest({
    method: 'POST',
    url: `http://app.test/api/runs${id === '' ? '' : `/${id}/rerun`}`,
    headers: { 'content-type': 'application/json', ...headers },
    body: { string: JSON.stringify(body) },
    params: { id },
  });
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const answer = (await handle(services, route)(request, durable as never, context)) as HttpResponseInit;
  return { status: answer.status ?? 200, json: answer.jsonBody ?? JSON.parse(answer.body as string) };
}

/** A run over both pipelines that has ended: `customers` succeeded, `orders` as said. */
async function endedRun(orders: Status, parameters: Record<string, string> = {}): Promise<string> {
  const { json } = await send(startRuns, { parameters });
  const start = (await services.stores.runs.start(json.runId))!;
  const scope = { runId: start.runId, plan: start.plan, correlationId: 'c', runStartedAt: services.clock.now() };
  for (const [pipeline, status] of [
    ['customers', 'Succeeded'],
    ['orders', orders],
  ] as const) {
    const result: PipelineResult = {
      pipeline,
      status,
      reason: null,
      counts: NO_ROWS,
      balanced: true,
      partitions: 1,
      sliceLabel: null,
      steps: [],
      checks: [],
      reasons: [],
      verifications: [],
      load: null,
      notes: [],
      failure: null,
    };
    await services.stores.runs.record({ ...scope, phase: 'pipeline-ended', pipeline, result }, services.clock.now());
  }
  await services.stores.runs.record(
    { ...scope, phase: 'run-ended', status: orders, failure: null },
    services.clock.now(),
  );
  return start.runId;
}
async function planOf(runId: string): Promise<RunPlan> {
  const { plan } = durable.instances.get(runId)!.input as MasterInput;
  return services.stores.artifacts.getJson<RunPlan>(plan);
}

test('what failed is started again with the parameters of the run, corrected one by one', async () => {
  const failed = await endedRun('Failed', { day: '2001-01-05' });
  const again = await send(rerunRun, { reason: 'mended' }, failed);
  expect(again).toMatchObject({ status: 202, json: { rerunOf: failed, pipelines: ['orders'], alreadyStarted: false } });
  expect(await planOf(again.json.runId)).toMatchObject({ levels: [['orders']], parameters: { day: '2001-01-05' } });
  const run = await services.stores.runs.get(again.json.runId);
  expect(run!.trigger).toEqual({ kind: 'manual', by: 'local:ann', rerunOf: failed });
  const corrected = await send(rerunRun, { reason: 'wrong day', parameters: { day: '2001-01-06' } }, failed);
  expect((await planOf(corrected.json.runId)).parameters).toEqual({ day: '2001-01-06' });
  const audit = await services.stores.audit.list({ day: '2026-01-01', limit: 100 });
  expect(audit).toContainEqual(
    expect.objectContaining({ action: 'run-started-again', detail: expect.objectContaining({ of: failed }) as object }),
  );
});

test('pinned, what is confirmed by name follows from the definition of the run, not from what the folder holds by now', async () => {
  const place = path.join(services.folder, 'orders.yaml');
  const appending = FILES['orders.yaml']!;
  await writeFile(place, appending.replace('append', 'replace'));
  const failed = await endedRun('Failed');
  await writeFile(place, appending);
  await mkdir(path.join(services.folder, 'environments'), { recursive: true });
  await writeFile(path.join(services.folder, 'environments/local.yaml'), 'guards: { confirm: [replace] }\n');
  const pinned = (more: object) => send(rerunRun, { reason: 'as it was', definition: 'pinned', ...more }, failed);
  expect(await pinned({})).toMatchObject({ status: 428, json: { confirm: ['orders'] } });
  expect(await pinned({ confirm: 'orders' })).toMatchObject({ status: 202 });
  // As it is now it replaces nothing.
  expect(await send(rerunRun, { reason: 'as it is' }, failed)).toMatchObject({ status: 202 });
});

test('pinned, the definition is that of the run, whatever the folder holds by now', async () => {
  const failed = await endedRun('Failed');
  await writeFile(path.join(services.folder, 'orders.yaml'), FILES['orders.yaml']!.replace('t.orders', 't.renamed'));
  const pinned = await send(rerunRun, { reason: 'as it was', definition: 'pinned' }, failed);
  expect((await planOf(pinned.json.runId)).project.pipelines['orders']!.target.table).toBe('t.orders');
  const present = await send(rerunRun, { reason: 'as it is' }, failed);
  expect((await planOf(present.json.runId)).project.pipelines['orders']!.target.table).toBe('t.renamed');
  await writeFile(path.join(services.folder, 'orders.yaml'), 'pipeline: [');
  expect(await send(rerunRun, { reason: 'as it is' }, failed)).toMatchObject({ json: { code: 'project-invalid' } });
  expect(await send(rerunRun, { reason: 'as it was', definition: 'pinned' }, failed)).toMatchObject({ status: 202 });
});

test('where changes wait for an approval, an old run brings back no definition that is not in use', async () => {
  const guards = 'guards: { approval: { for: [change], deadline: 1d } }\n';
  services = await testServices({ ...FILES, 'environments/local.yaml': 'guards: {}\n' });
  const failed = await endedRun('Failed');
  await writeFile(path.join(services.folder, 'orders.yaml'), FILES['orders.yaml']!.replace('t.orders', 't.renamed'));
  expect(await send(rerunRun, { reason: 'as it was', definition: 'pinned' }, failed)).toMatchObject({ status: 202 });
  // Runs use the new one from here on.
  expect(await send(rerunRun, { reason: 'as it is' }, failed)).toMatchObject({ status: 202 });
  await writeFile(path.join(services.folder, 'environments/local.yaml'), guards);
  const refused = await send(rerunRun, { reason: 'as it was', definition: 'pinned' }, failed);
  expect(refused).toMatchObject({ status: 409, json: { code: 'rerun-not-possible' } });
  expect(refused.json.detail).toContain('Runs use other versions of orders by now');
});

test('the same idempotency key is the same run', async () => {
  const failed = await endedRun('Failed');
  const first = await send(rerunRun, { reason: 'x' }, failed, { 'idempotency-key': 'once' });
  const second = await send(rerunRun, { reason: 'x' }, failed, { 'idempotency-key': 'once' });
  expect(second.json).toMatchObject({ runId: first.json.runId, alreadyStarted: true });
});

test.each([
  ['a run under way', {}, async () => (await send(startRuns, {})).json.runId as string, 'has not ended'],
  ['nothing to do', {}, () => endedRun('Succeeded'), 'succeeded'],
  ['one that succeeded', { pipelines: ['customers'] }, () => endedRun('Failed'), 'customers: not among'],
  [
    'parameters with what is pinned',
    { definition: 'pinned', parameters: { day: '2001-01-06' } },
    () => endedRun('Failed'),
    'do not go together',
  ],
])('%s is refused, and nothing is started', async (_, body, run, message) => {
  const id = await run();
  const before = durable.starts.length;
  const answer = await send(rerunRun, { reason: 'x', ...body }, id);
  expect(answer).toMatchObject({ status: 409, json: { code: 'rerun-not-possible' } });
  expect(answer.json.detail).toContain(message);
  expect(durable.starts).toHaveLength(before);
});

test('releases and windows of backfills are started again by what knows of them', async () => {
  const run = (await services.stores.runs.get(await endedRun('Failed')))!;
  const release = { kind: 'release', by: 'ann', pipeline: 'orders', release: 'rel-1', releaseOf: [] } as const;
  expect(() => pipelinesToRerun({ ...run, trigger: release }, undefined)).toThrow('released from quarantine');
  const backfill = { kind: 'backfill', by: 'ann', pipeline: 'orders', backfill: 'bf-1', window: 0 } as const;
  expect(() => pipelinesToRerun({ ...run, trigger: backfill }, undefined)).toThrow('window of bf-1');
});

test('a pinned plan runs some pipelines alone, and does not inherit that somebody insisted', () => {
  const plan = {
    levels: [['a', 'b'], ['c']],
    definitionHashes: { a: '1', b: '2', c: '3' },
    evenPaused: true,
  } as unknown as RunPlan;
  expect(pinnedPlan(plan, ['b'])).toEqual({ levels: [['b']], definitionHashes: { b: '2' } });
});
