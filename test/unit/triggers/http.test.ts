import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cancelRun } from '../../../src/triggers/http/cancel-run';
import { handle, type Route } from '../../../src/triggers/http/handle';
import { health } from '../../../src/triggers/http/health';
import { getPipeline, listBreakers, listPipelines, listQuarantine } from '../../../src/triggers/http/read-project';
import { getRun, listRuns } from '../../../src/triggers/http/read-runs';
import { startPipelineRun, startRuns } from '../../../src/triggers/http/start-runs';
import type { MasterInput } from '../../../src/durable/contracts/orchestrations';
import { FakeOrchestrations } from './fake-orchestrations';
import { testServices, type TestServices } from './test-services';

let services: TestServices;
let durable: FakeOrchestrations;
beforeAll(async () => {
  services = await testServices();
});
beforeEach(() => {
  durable = new FakeOrchestrations();
});

interface Sent {
  readonly params?: Record<string, string>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly statuses?: Record<string, number>;
  readonly with?: TestServices;
}
async function send(route: Route, address: string, sent: Sent = {}) {
  const text =
    sent.body === undefined ? undefined : typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
  const request = new HttpRequest({
    method: text === undefined ? 'GET' : 'POST',
    url: `http://app.test${address}`,
    headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...sent.headers },
    ...(text !== undefined && { body: { string: text } }),
    params: sent.params ?? {},
    query: Object.fromEntries(new URL(`http://app.test${address}`).searchParams),
  });
  const handler = handle(sent.with ?? services, route, sent.statuses);
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const answer = (await handler(request, durable as never, context)) as HttpResponseInit;
  const json = answer.jsonBody ?? (answer.body === undefined ? undefined : JSON.parse(answer.body as string));
  return { status: answer.status ?? 200, headers: new Headers(answer.headers as Record<string, string>), json };
}
const start = async (body: unknown = {}): Promise<string> => (await send(startRuns, '/api/runs', { body })).json.runId;

describe('POST /api/runs', () => {
  test('starts the master over all pipelines and says where to look', async () => {
    const { status, headers, json } = await send(startRuns, '/api/runs', { body: {} });
    expect(status).toBe(202);
    expect(json).toMatchObject({ status: 'Queued', alreadyStarted: false });
    expect(json.runId).toMatch(/^run-[0-9a-f]{24}$/);
    expect(headers.get('location')).toBe(`/api/runs/${json.runId}`);
    expect(headers.get('retry-after')).toBe('2');
    const input = durable.instances.get(json.runId)!.input as MasterInput;
    expect(input).toMatchObject({
      runId: json.runId,
      levels: [['customers'], ['orders']],
      dependsOn: { orders: ['customers'] },
    });
    expect(await services.stores.artifacts.getJson(input.plan)).toMatchObject({ parameters: { day: '2001-01-01' } });
    expect(JSON.stringify(await services.stores.artifacts.getJson(input.plan))).toContain(
      '${secret:warehouse-password}',
    );
    const entries = await services.stores.audit.list({ day: '2026-01-01', limit: 10 });
    expect(entries).toContainEqual(expect.objectContaining({ action: 'run-started', subject: json.runId }));
  });

  test('without a body too', async () => {
    expect((await send(startRuns, '/api/runs', { body: '' })).status).toBe(202);
  });

  test('runs what is named and not what it depends on, unless asked to', async () => {
    const alone = await start({ pipelines: ['orders'], parameters: { day: '2002-02-02' }, maxParallel: 2 });
    expect(durable.instances.get(alone)!.input).toMatchObject({ levels: [['orders']], maxParallel: 2 });
    const both = await start({ pipelines: ['orders'], withDependencies: true });
    expect(durable.instances.get(both)!.input).toMatchObject({ levels: [['customers'], ['orders']] });
  });

  test('the same idempotency key is one run; with another request it is refused', async () => {
    const body = { pipelines: ['orders'], idempotencyKey: 'k1' };
    const first = await send(startRuns, '/api/runs', { body });
    const again = await send(startRuns, '/api/runs', {
      body: { pipelines: ['orders'] },
      headers: { 'Idempotency-Key': 'k1' },
    });
    expect(again.json).toMatchObject({ runId: first.json.runId, alreadyStarted: true });
    expect(durable.starts).toEqual([first.json.runId]);
    const other = await send(startRuns, '/api/runs', { body: { ...body, pipelines: ['customers'] } });
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency-key-reused' } });
  });

  test('is accepted though the orchestration could not be started: the record stands', async () => {
    durable.failNextStart = 'busy';
    const { status, json } = await send(startRuns, '/api/runs', { body: {} });
    expect(status).toBe(202);
    expect(await services.stores.runs.get(json.runId)).toMatchObject({ status: 'Queued' });
  });

  test.each([
    ['no JSON', '{', 400, 'invalid-request'],
    ['an unknown key', { pipeline: 'orders' }, 400, 'invalid-request'],
    ['no pipelines', { pipelines: [] }, 400, 'invalid-request'],
    ['a nested parameter', { parameters: { day: {} } }, 400, 'invalid-request'],
    ['an unknown pipeline', { pipelines: ['order'] }, 422, 'unknown-pipeline'],
    ['an unknown parameter', { parameters: { dya: '2001-01-01' } }, 422, 'invalid-parameters'],
    ['a parameter of another type', { parameters: { day: 'today' } }, 422, 'invalid-parameters'],
    [
      'too much',
      { parameters: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, 'x'.repeat(3999)])) },
      413,
      'request-too-large',
    ],
  ])('refuses %s as a problem with a fix, and starts nothing', async (_, body, status, code) => {
    const answer = await send(startRuns, '/api/runs', { body });
    expect(answer).toMatchObject({
      status,
      json: { status, code, instance: '/api/runs', type: `urn:sluice:problem:${code}` },
    });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json.fix).not.toBe('');
    expect(durable.starts).toEqual([]);
  });

  test('refuses other types of content', async () => {
    const sent = { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(await send(startRuns, '/api/runs', sent)).toMatchObject({
      status: 415,
      json: { code: 'unsupported-media-type' },
    });
  });
});

test('POST /api/pipelines/{name}/runs starts one pipeline; an unknown one is not found', async () => {
  const answer = await send(startPipelineRun, '/api/pipelines/orders/runs', { params: { name: 'orders' }, body: {} });
  expect(answer.headers.get('location')).toBe(`/api/runs/${answer.json.runId}`);
  expect(durable.instances.get(answer.json.runId)!.input).toMatchObject({ levels: [['orders']] });
  const statuses = { 'unknown-pipeline': 404 };
  const none = await send(startPipelineRun, '/api/pipelines/no/runs', { params: { name: 'no' }, body: {}, statuses });
  expect(none).toMatchObject({ status: 404, json: { code: 'unknown-pipeline' } });
});

test('GET /api/runs/{id} gives the run, or a problem', async () => {
  const id = await start({ pipelines: ['orders'] });
  const found = await send(getRun, `/api/runs/${id}`, { params: { id } });
  expect(found).toMatchObject({
    status: 200,
    json: { runId: id, status: 'Queued', pipelines: [{ pipeline: 'orders' }] },
  });
  expect(found.headers.get('retry-after')).toBe('2');
  for (const other of ['run-0', "x'or 1 eq 1", 'ä'.repeat(300)]) {
    const none = await send(getRun, '/api/runs/x', { params: { id: other } });
    expect(none).toMatchObject({ status: 404, json: { code: 'run-not-found' } });
  }
});

test('GET /api/runs pages with a continuation, filters, and refuses what it does not know', async () => {
  const own = await testServices();
  for (const hour of ['11', '12', '13']) {
    own.clock.set(`2026-01-01T${hour}:00:00.000Z`);
    await send(startRuns, '/api/runs', { with: own, body: { pipelines: [hour === '12' ? 'customers' : 'orders'] } });
  }
  const first = await send(listRuns, '/api/runs?limit=2&code=key', { with: own });
  expect(first.json.runs).toHaveLength(2);
  expect(first.json.links.next).not.toContain('key');
  const second = await send(listRuns, first.json.links.next, { with: own });
  expect((second.json.runs as { requestedAt: string }[]).map((run) => run.requestedAt)).toEqual([
    '2026-01-01T11:00:00.000Z',
  ]);
  expect(second.json.continuation).toBeNull();
  const filtered = await send(listRuns, '/api/runs?pipeline=customers&status=Queued', { with: own });
  expect(filtered.json.runs).toHaveLength(1);
  for (const wrong of ['limit=0', 'limit=x', 'status=done', 'continuation=abc', 'sort=up']) {
    expect(await send(listRuns, `/api/runs?${wrong}`, { with: own })).toMatchObject({
      status: 400,
      json: { code: 'invalid-request' },
    });
  }
});

describe('POST /api/runs/{id}/cancel', () => {
  const cancel = async (id: string, body: unknown = {}) =>
    send(cancelRun, `/api/runs/${id}/cancel`, { params: { id }, body });

  test('leaves an intent and touches no orchestration', async () => {
    const id = await start();
    const answer = await cancel(id, { reason: 'wrong day' });
    expect(answer).toMatchObject({ status: 202, json: { forced: false, terminated: [] } });
    expect(await services.stores.runs.isCancelRequested(id)).toBe(true);
    expect(durable.instances.get(id)!.runtimeStatus).toBe('Running');
  });

  test('force ends the whole tree, and nothing else, and closes the record', async () => {
    const id = await start();
    const tree = [`${id}.orders`, `${id}.orders.ingestion`];
    for (const instance of [...tree, `${id}0.orders`])
      durable.instances.set(instance, { runtimeStatus: 'Running', name: 'x', input: null });
    durable.instances.set(`${id}.customers`, { runtimeStatus: 'Completed', name: 'x', input: null });
    const answer = await cancel(id, { force: true });
    expect(answer.json.terminated).toEqual([id, ...tree]);
    expect(durable.instances.get(`${id}0.orders`)!.runtimeStatus).toBe('Running');
    expect(durable.signals).toContainEqual(['pipeline-lease/orders', 'release', { holder: id }]);
    expect(await services.stores.runs.get(id)).toMatchObject({
      status: 'Cancelled',
      failure: { code: 'run-cancelled' },
    });
    expect(await cancel(id)).toMatchObject({ status: 409, json: { code: 'run-ended' } });
  });

  test('of no run is not found, and of a wrong body refused', async () => {
    expect(await cancel('run-none')).toMatchObject({ status: 404, json: { code: 'run-not-found' } });
    expect(await cancel('run-none', { force: 'yes' })).toMatchObject({ status: 400 });
  });
});

test('GET /api/breakers shows those that were used, and the rest as closed', async () => {
  durable.entities.set('circuit-breaker/warehouse', { state: 'open', openedAt: 0, until: 60_000, reason: 'refused' });
  const { json } = await send(listBreakers, '/api/breakers');
  expect(json.breakers).toMatchObject([
    { connection: 'landing', state: 'closed', successes: 0, failures: 0 },
    { connection: 'warehouse', state: 'open', until: '1970-01-01T00:01:00.000Z', reason: 'refused' },
  ]);
});

test('GET /api/pipelines shows definitions, triggers and watermarks, and never a secret', async () => {
  const file = { path: 'customers/a.csv', etag: '1', bytes: 1, modifiedAt: '2026-01-01T00:00:00Z' };
  await services.stores.watermarks.advance({
    pipeline: 'customers',
    load: 3,
    files: [file],
    value: null,
    definitionHash: 'h',
  });
  const { json } = await send(listPipelines, '/api/pipelines');
  expect(json.pipelines).toMatchObject([
    { pipeline: 'customers', trigger: { schedule: { cron: '0 2 * * *' } }, watermark: { load: 3, files: 1 } },
    { pipeline: 'orders', dependsOn: ['customers'], watermark: null },
  ]);
  const one = await send(getPipeline, '/api/pipelines/orders', { params: { name: 'orders' } });
  expect(one.json.definition.source.files).toBeDefined();
  expect(await send(getPipeline, '/api/pipelines/x', { params: { name: 'constructor' } })).toMatchObject({
    status: 422,
  });
});

test('GET /api/quarantine lists batches', async () => {
  const artifact = { path: 'p', bytes: 1, sha256: 's', rows: 2, columns: [] };
  const batch = {
    runId: 'run-1',
    pipeline: 'orders',
    step: 'transform',
    partition: 0,
    artifact,
    rows: 2,
    reasons: [],
    at: '2026-01-01T00:00:00.000Z',
  } as const;
  await services.stores.quarantine.add(batch);
  expect((await send(listQuarantine, '/api/quarantine?pipeline=orders')).json).toEqual({
    batches: [{ ...batch, batch: 'run-1.orders.transform.0.0' }],
  });
  expect((await send(listQuarantine, '/api/quarantine?limit=x')).status).toBe(400);
});

test('a broken pipelines folder: health says so, starts answer with the problems, and mending it is enough', async () => {
  const broken = await testServices();
  expect((await send(health, '/api/health', { with: broken })).json).toMatchObject({
    status: 'healthy',
    checks: { pipelines: { pipelines: 2 } },
  });
  const file = path.join(broken.folder, 'broken.yaml');
  await writeFile(file, 'pipeline: broken\nsource: [\n');
  expect(await send(health, '/api/health', { with: broken })).toMatchObject({
    status: 200,
    json: { status: 'degraded' },
  });
  const refused = await send(startRuns, '/api/runs', { with: broken, body: {} });
  expect(refused).toMatchObject({ status: 409, json: { code: 'project-invalid' } });
  expect(refused.json.problems[0]).toMatchObject({ line: expect.any(Number), fix: expect.any(String) });
  expect((await send(listPipelines, '/api/pipelines', { with: broken })).json.pipelines).toHaveLength(2);
  await rm(file);
  expect((await send(startRuns, '/api/runs', { with: broken, body: {} })).status).toBe(202);
});

test('an error nobody foresaw is a 500 that keeps its words to itself, and is logged', async () => {
  const fails: Route = async () => {
    throw new Error('password=hunter2');
  };
  const answer = await send(fails, '/api/x');
  expect(answer).toMatchObject({ status: 500, json: { code: 'unexpected-error' } });
  expect(JSON.stringify(answer.json)).not.toContain('hunter2');
  expect(services.events).toContain('request-failed');
});
