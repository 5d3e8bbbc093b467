import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { handle, type Route } from '../../../src/triggers/http/handle';
import { listSlas, pipelineSla } from '../../../src/triggers/http/slas';
import { FakeOrchestrations } from './fake-orchestrations';
import { FILES, testServices, type TestServices } from './test-services';

let services: TestServices;
beforeAll(async () => {
  services = await testServices({
    ...FILES,
    'orders.yaml': `${FILES['orders.yaml']}sla: { doneBy: { at: '06:00', timeZone: Europe/Berlin } }\n`,
  });
  for (const day of [1, 2, 3]) {
    const dueAt = `2026-01-0${day}T05:00:00.000Z`;
    const status = day === 2 ? 'missed' : 'met';
    await services.stores.slas.record({
      pipeline: 'orders',
      objective: 'doneBy',
      dueAt,
      status,
      runId: null,
      doneAt: null,
    });
  }
});

async function send(route: Route, address: string, name = '') {
  const url = `http://app.test${address}`;
  const query = Object.fromEntries(new URL(url).searchParams);
  const request = new HttpRequest({ method: 'GET', url, params: { name }, query });
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const handler = handle(services, route, { 'unknown-pipeline': 404 });
  const answer = (await handler(request, new FakeOrchestrations() as never, context)) as HttpResponseInit;
  return { status: answer.status ?? 200, json: answer.jsonBody ?? JSON.parse(answer.body as string) };
}

test('GET /api/slas gives what is promised, and the share that was met', async () => {
  const { json } = await send(listSlas, '/api/slas');
  expect(json.slas).toEqual([
    {
      pipeline: 'orders',
      owner: null,
      sla: { doneBy: { at: '06:00', timeZone: 'Europe/Berlin' } },
      evaluatedAt: null,
      objectives: [],
      recent: { met: 2, missed: 1 },
    },
  ]);
});

test('GET /api/pipelines/{name}/sla gives the due times of a range', async () => {
  const { json } = await send(pipelineSla, '/api/pipelines/orders/sla?from=2026-01-02T00:00:00%2B01:00', 'orders');
  expect(json.history.map((one: { dueAt: string }) => one.dueAt.slice(0, 10))).toEqual(['2026-01-03', '2026-01-02']);
  expect(json).toMatchObject({ pipeline: 'orders', sla: { doneBy: { at: '06:00' } }, evaluatedAt: null });
  expect((await send(pipelineSla, '/api/pipelines/customers/sla', 'customers')).json).toMatchObject({
    sla: null,
    history: [],
  });
});

test('a pipeline that never was, and a time that is none, are refused', async () => {
  expect(await send(pipelineSla, '/api/pipelines/nobody/sla', 'nobody')).toMatchObject({ status: 404 });
  expect(await send(pipelineSla, '/api/pipelines/orders/sla?from=yesterday', 'orders')).toMatchObject({ status: 400 });
});
