import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { NO_USAGE, NO_WORK, type Reading } from '../../../src/model/usage';
import { listCosts, runCost } from '../../../src/triggers/http/costs';
import { handle, type Route } from '../../../src/triggers/http/handle';
import { costsAnswer, runCostAnswer } from '../../../src/triggers/http/openapi/schemas/cost';
import { startRequest } from '../state/test-stores';
import { FakeOrchestrations } from './fake-orchestrations';
import { testServices, type TestServices } from './test-services';

let services: TestServices;
const reading = (more: Partial<Reading>): Reading => ({
  ...{ at: '2026-01-01T09:00:00.000Z', execution: 'x', activity: 'publish', runId: 'run-1', pipeline: 'orders' },
  ...{ partition: null, work: NO_WORK, memory: { peakBytes: 1, instanceMb: 2048 } },
  usage: { ...NO_USAGE, executions: 1, gbSeconds: 1 },
  ...more,
});
beforeAll(async () => {
  services = await testServices();
  const { runs, usage } = services.stores;
  await runs.create(startRequest('run-1', { pipelines: ['orders'], requestedAt: '2025-12-31T23:59:00.000Z' }));
  await usage.record(reading({ at: '2025-12-31T23:59:30.000Z', activity: 'plan-pipeline' }));
  await usage.record(reading({}));
  // Written again by a retry of the SDK: the same row.
  await usage.record(reading({}));
  await usage.record(reading({ execution: 'y' }));
  await usage.record(reading({ runId: 'run-2', pipeline: 'customers' }));
  await usage.record(reading({ runId: null, pipeline: null, activity: 'sweep-artifacts' }));
  // Days after the end of the run.
  await usage.record(reading({ at: '2026-03-01T00:00:00.000Z', activity: 'undo-load' }));
});

async function send(route: Route, address: string, params: Record<string, string> = {}) {
  const url = `http://app.test${address}`;
  const query = Object.fromEntries(new URL(url).searchParams);
  const request = new HttpRequest({ method: 'GET', url, params, query });
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const answer = (await handle(services, route)(
    request,
    new FakeOrchestrations() as never,
    context,
  )) as HttpResponseInit;
  return { status: answer.status ?? 200, json: answer.jsonBody ?? JSON.parse(answer.body as string) };
}

test('costs of the last days, by pipeline, with the prices and their warning', async () => {
  const { status, json } = await send(listCosts, '/api/costs');
  expect(status).toBe(200);
  expect(costsAnswer.parse(json)).toEqual(json);
  expect(json).toMatchObject({ from: '2025-12-03', to: '2026-01-01', groupBy: 'pipeline' });
  expect(json.prices).toMatchObject({ currency: 'USD', source: 'list prices', old: true, warning: expect.any(String) });
  const executions = Object.fromEntries(
    json.groups.map(({ key, usage }: { key: string; usage: { executions: number } }) => [key, usage.executions]),
  );
  expect(executions).toEqual({ orders: 3, customers: 1, null: 1 });
  expect(json.total.usage.executions).toBe(5);
});

test('by day, of one day only', async () => {
  const { json } = await send(listCosts, '/api/costs?from=2025-12-31&to=2026-01-01&groupBy=day');
  expect(json.groups.map(({ key }: { key: string }) => key)).toEqual(['2025-12-31', '2026-01-01']);
  const one = await send(listCosts, '/api/costs?from=2026-01-01&to=2026-01-01&groupBy=activity');
  expect(one.json.total.usage.executions).toBe(4);
});

test.each([
  ['?from=2026-01-02&to=2026-01-01', 'to'],
  ['?from=2025-01-01&to=2026-01-01', 'from'],
  ['?groupBy=colour', 'groupBy'],
  ['?from=yesterday', 'from'],
])('%s is refused', async (query, path) => {
  const { status, json } = await send(listCosts, `/api/costs${query}`);
  expect([status, json.code, json.faults[0].path]).toEqual([400, 'invalid-request', path]);
});

test('a run, over midnight and with what happened to it later', async () => {
  const { json } = await send(runCost, '/api/runs/run-1/cost', { id: 'run-1' });
  expect(runCostAnswer.parse(json)).toEqual(json);
  expect(json.total.usage.executions).toBe(4);
  const [orders] = json.pipelines;
  expect(orders.activities.map(({ key }: { key: string }) => key).toSorted()).toEqual([
    'plan-pipeline',
    'publish',
    'undo-load',
  ]);
  const sum = orders.activities.reduce((total: number, one: { cost: { total: number } }) => total + one.cost.total, 0);
  expect(sum).toBeCloseTo(orders.cost.total, 9);
  expect((await send(runCost, '/api/runs/none/cost', { id: 'none' })).status).toBe(404);
});
