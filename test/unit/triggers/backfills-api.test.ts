import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import type { RunPlan } from '../../../src/config/project';
import {
  cancelBackfill,
  getBackfill,
  listBackfills,
  startPipelineBackfill,
} from '../../../src/triggers/http/backfills';
import { handle, type Route } from '../../../src/triggers/http/handle';
import { pausePipeline, resumePipeline } from '../../../src/triggers/http/pause-pipeline';
import { getPipeline } from '../../../src/triggers/http/read-project';
import { repairBackfills } from '../../../src/triggers/backfills/repair-backfills';
import { FakeOrchestrations } from './fake-orchestrations';
import { FILES, testServices, type TestServices } from './test-services';

const SPAN = { from: '2024-01-01', to: '2024-01-03', window: '1d', reason: 'a test' };
let services: TestServices;
let durable: FakeOrchestrations;
beforeAll(async () => {
  const events = `pipeline: events
source:
  connection: warehouse
  table: crm.events
  columns: { id: integer, at: timestamptz }
  incremental: { by: column, column: at, start: '2024-02-01' }
target: { connection: warehouse, table: t.events, writeDisposition: append }
`;
  services = await testServices({ ...FILES, 'events.yaml': events });
});
beforeEach(() => {
  durable = new FakeOrchestrations();
});

async function send(route: Route, params: Record<string, string>, body: object | null = null, query = '') {
  const request = new HttpRequest({
    method: body === null ? 'GET' : 'POST',
    url: `http://app.test/api/backfills${query}`,
    headers: { 'content-type': 'application/json' },
    ...(body !== null && { body: { string: JSON.stringify(body) } }),
    params,
  });
  const handler = handle(services, route, { 'unknown-pipeline': 404 });
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const answer = (await handler(request, durable as never, context)) as HttpResponseInit;
  return { status: answer.status ?? 200, json: answer.jsonBody ?? JSON.parse(answer.body as string) };
}
const start = (more: object = {}, name = 'events') => send(startPipelineBackfill, { name }, { ...SPAN, ...more });

test('a backfill is started once by its key, shown with its windows, and cancelled once', async () => {
  const started = await start({ idempotencyKey: 'k' });
  expect(started).toMatchObject({ status: 202, json: { windows: 2, alreadyStarted: false } });
  const id: string = started.json.backfill;
  expect(durable.instances.get(id)).toMatchObject({ name: 'backfill', input: { backfill: id, windows: 2 } });
  expect((await start({ idempotencyKey: 'k' })).json).toMatchObject({ backfill: id, alreadyStarted: true });
  expect(durable.starts).toEqual([id]);
  expect((await send(getBackfill, { id })).json).toMatchObject({
    pipeline: 'events',
    column: 'at',
    status: 'InProgress',
    counted: { Queued: 2 },
    windows: [
      { from: '2024-01-01', to: '2024-01-02', runId: null },
      { from: '2024-01-02', to: '2024-01-03' },
    ],
  });
  const listed = await send(listBackfills, {}, null, '?pipeline=events');
  expect(listed.json.backfills).toContainEqual(expect.objectContaining({ backfill: id, windows: 2 }));
  expect((await send(listBackfills, {}, null, '?pipeline=orders')).json.backfills).toEqual([]);

  expect(await send(cancelBackfill, { id }, { reason: 'no' })).toMatchObject({ status: 202, json: { runs: [] } });
  await services.stores.backfills.end(id, { status: 'Cancelled', failure: null, endedAt: services.clock.now() });
  expect(await send(cancelBackfill, { id }, {})).toMatchObject({ status: 409, json: { code: 'backfill-ended' } });
});

test.each([
  ['another form of time', { to: '2024-01-03T00:00Z' }, 400, 'invalid-request'],
  ['no reason', { reason: '' }, 400, 'invalid-request'],
])('%s is refused', async (_, more, status, code) => {
  expect(await start(more)).toMatchObject({ status, json: { code } });
});

test('a pipeline without a column, and one that is not there', async () => {
  expect(await start({}, 'customers')).toMatchObject({ status: 422, json: { code: 'backfill-not-possible' } });
  expect(await start({}, 'nobody')).toMatchObject({ status: 404 });
  expect(await send(getBackfill, { id: 'bf-x' })).toMatchObject({ status: 404, json: { code: 'backfill-not-found' } });
});

test('a paused pipeline is shown as such and backfilled only with force, which its windows know', async () => {
  await send(pausePipeline, { name: 'events' }, { reason: 'moving' });
  expect((await send(getPipeline, { name: 'events' })).json.paused).toMatchObject({ reason: 'moving' });
  expect(await start()).toMatchObject({ status: 409, json: { code: 'pipeline-paused' } });
  expect(durable.starts).toEqual([]);
  const { json } = await start({ force: true });
  const record = await services.stores.backfills.get(json.backfill);
  expect(await services.stores.artifacts.getJson<RunPlan>(record!.plan)).toMatchObject({ evenPaused: true });
  await send(resumePipeline, { name: 'events' }, {});
  expect((await send(getPipeline, { name: 'events' })).json.paused).toBeNull();
});

test('one whose start died is started by the tick, and one whose orchestration was lost is closed', async () => {
  durable.failNextStart = 'the process was killed';
  const { json } = await start();
  expect(durable.starts).toEqual([]);
  await repairBackfills(services, durable.client);
  expect(durable.starts).toContain(json.backfill);
  await durable.terminate(json.backfill);
  await repairBackfills(services, durable.client);
  expect((await send(getBackfill, { id: json.backfill })).json).toMatchObject({
    status: 'Failed',
    failure: { code: 'orchestration-lost' },
    counted: { Skipped: 2 },
  });
});
