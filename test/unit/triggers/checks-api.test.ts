import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import type { CheckResult } from '../../../src/model/check-result';
import { handle, type Route } from '../../../src/triggers/http/handle';
import { pipelineChecks, runChecks } from '../../../src/triggers/http/read-checks';
import { startRequest } from '../state/test-stores';
import { FakeOrchestrations } from './fake-orchestrations';
import { testServices, type TestServices } from './test-services';

let services: TestServices;
beforeAll(async () => {
  services = await testServices();
  for (const day of [1, 2, 3]) {
    const [runId, at] = [`run-${day}`, `2026-01-0${day}T00:00:00.000Z`];
    const checks = [check('notNull(id)', day), ...(day === 3 ? [check('rowCount', 0, { value: 7, min: 5 })] : [])];
    const said = { runId, at, verdict: 'passed', message: `day ${day}`, checks, metrics: [] } as const;
    await services.stores.checks.put({ ...said, pipeline: 'orders' });
  }
  await services.stores.runs.create(startRequest('run-3', { pipelines: ['customers', 'orders'] }));
});

function check(name: string, failures: number, figures?: CheckResult['figures']): CheckResult {
  const [kind = ''] = name.split('(');
  const status = failures === 0 ? 'passed' : 'warned';
  const more = figures === undefined ? {} : { figures };
  return { name, kind, columns: [], severity: 'warn', evaluated: 10, failures, status, message: name, ...more };
}

async function send(route: Route, address: string, params: Record<string, string>) {
  const url = `http://app.test${address}`;
  const query = Object.fromEntries(new URL(url).searchParams);
  const request = new HttpRequest({ method: 'GET', url, params, query });
  const handler = handle(services, route, { 'unknown-pipeline': 404 });
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const answer = (await handler(request, new FakeOrchestrations() as never, context)) as HttpResponseInit;
  const headers = new Headers(answer.headers as Record<string, string>);
  return { status: answer.status ?? 200, headers, json: answer.jsonBody ?? JSON.parse(answer.body as string) };
}
const history = (query = '', name = 'orders') =>
  send(pipelineChecks, `/api/pipelines/${name}/checks${query}`, { name });

describe('GET /api/pipelines/{name}/checks', () => {
  test('gives the runs newest first, and a series for each check', async () => {
    const { json } = await history();
    expect(json.runs.map((run: { runId: string }) => run.runId)).toEqual(['run-3', 'run-2', 'run-1']);
    expect(json.runs[1]).toEqual({
      runId: 'run-2',
      at: '2026-01-02T00:00:00.000Z',
      verdict: 'passed',
      message: 'day 2',
      checks: [check('notNull(id)', 2)],
    });
    expect(json.trends).toMatchObject([
      {
        check: 'notNull(id)',
        kind: 'notNull',
        points: [{ runId: 'run-3', failures: 3 }, { failures: 2 }, { failures: 1 }],
      },
      { check: 'rowCount', points: [{ runId: 'run-3', value: 7, min: 5, status: 'passed', evaluated: 10 }] },
    ]);
    expect(json).toMatchObject({ pipeline: 'orders', continuation: null, links: {} });
  });

  test('comes in pages', async () => {
    const first = await history('?limit=2');
    expect(first.json.runs).toHaveLength(2);
    const second = await history(first.json.links.next.replace('/api/pipelines/orders/checks', ''));
    expect(second.json.runs.map((run: { runId: string }) => run.runId)).toEqual(['run-1']);
    expect(second.json).toMatchObject({ continuation: null, links: {} });
  });

  test('gives one check alone', async () => {
    const { json } = await history('?check=rowCount');
    expect(json.runs).toMatchObject([{ runId: 'run-3', checks: [{ name: 'rowCount' }] }]);
    expect(json.trends).toHaveLength(1);
  });

  test('is empty for a pipeline that was never validated', async () => {
    expect((await history('?check=any', 'customers')).json).toMatchObject({ runs: [], trends: [], continuation: null });
  });

  test.each([
    ['', 'nobody', 404, 'unknown-pipeline', 'nobody'],
    ['?check=rowcont', 'orders', 400, 'invalid-request', "Did you mean 'rowCount'?"],
    ['?limit=101', 'orders', 400, 'invalid-request', 'limit'],
    ['?limit=0', 'orders', 400, 'invalid-request', 'limit'],
    ['?continuation=YWJj', 'orders', 400, 'invalid-request', 'is not one that an answer gave'],
    ['?chek=rowCount', 'orders', 400, 'invalid-request', 'chek'],
  ])('%s of %s is %d', async (query, name, status, code, text) => {
    const answer = await history(query, name);
    expect(answer).toMatchObject({ status, json: { status, code } });
    expect(answer.json.detail).toContain(text);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('GET /api/runs/{id}/checks', () => {
  test('gives every pipeline of the run, also those that are not validated yet', async () => {
    const { json, headers } = await send(runChecks, '/api/runs/run-3/checks', { id: 'run-3' });
    expect(json).toMatchObject({
      runId: 'run-3',
      status: 'Queued',
      pipelines: [
        { pipeline: 'customers', status: 'Queued', verdict: null, message: null, checks: [] },
        {
          pipeline: 'orders',
          verdict: 'passed',
          message: 'day 3',
          checks: [{ name: 'notNull(id)' }, { name: 'rowCount' }],
        },
      ],
    });
    expect(headers.get('retry-after')).toBe('2');
  });

  test('of a run that does not exist is 404', async () => {
    const answer = await send(runChecks, '/api/runs/none/checks', { id: 'none' });
    expect(answer).toMatchObject({ status: 404, json: { code: 'run-not-found' } });
  });
});
