import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { pausedReason } from '../../../src/durable/activities/paused-reason';
import type { RunPlan } from '../../../src/config/project';
import type { MasterInput } from '../../../src/durable/contracts/orchestrations';
import { handle, type Route } from '../../../src/triggers/http/handle';
import { pauseAll, pausePipeline, resumeAll, resumePipeline } from '../../../src/triggers/http/pause-pipeline';
import { startPipelineRun, startRuns } from '../../../src/triggers/http/start-runs';
import { FakeOrchestrations } from './fake-orchestrations';
import { testServices, type TestServices } from './test-services';

let services: TestServices;
const durable = new FakeOrchestrations();
beforeAll(async () => {
  services = await testServices();
});

async function send(route: Route, name: string, body: object = {}) {
  const request = new HttpRequest({
    method: 'POST',
    url: `http://app.test/api/pipelines/${name}/x`,
    headers: { 'content-type': 'application/json' },
    body: { string: JSON.stringify(body) },
    params: { name },
  });
  const handler = handle(services, route, { 'unknown-pipeline': 404 });
  const answer = (await handler(
    request,
    durable as never,
    { invocationId: 'i' } as unknown as InvocationContext,
  )) as HttpResponseInit;
  return { status: answer.status ?? 200, json: answer.jsonBody ?? JSON.parse(answer.body as string) };
}

/** What a run of a start finds when it plans the pipeline. */
async function reasonFor(runId: string, pipeline: string): Promise<string | null> {
  const { plan: ref } = durable.instances.get(runId)!.input as MasterInput;
  const plan = await services.stores.artifacts.getJson<RunPlan>(ref);
  return pausedReason(services, plan, pipeline);
}

test('a paused pipeline is skipped with the reason, refused by name, and started when somebody insists', async () => {
  expect(await send(pausePipeline, 'customers', {})).toMatchObject({ status: 400 });
  expect(await send(pausePipeline, 'nobody', { reason: 'x' })).toMatchObject({ status: 404 });
  const paused = { by: 'local:ann', reason: 'the source moves' };
  expect(await send(pausePipeline, 'customers', { reason: 'the source moves' })).toMatchObject({
    status: 200,
    json: { paused },
  });
  expect(await send(startPipelineRun, 'customers')).toMatchObject({ status: 409, json: { code: 'pipeline-paused' } });
  const all = await send(startRuns, 'customers');
  expect(await reasonFor(all.json.runId, 'customers')).toBe('paused by local:ann: the source moves');
  expect(await reasonFor(all.json.runId, 'orders')).toBeNull();
  const insisted = await send(startPipelineRun, 'customers', { force: true });
  expect(insisted.status).toBe(202);
  expect(await reasonFor(insisted.json.runId, 'customers')).toBeNull();
  expect(await send(resumePipeline, 'customers')).toMatchObject({ json: { paused: null, wasPaused: paused } });
  expect(await send(resumePipeline, 'customers')).toMatchObject({ json: { wasPaused: null } });
  const after = await send(startPipelineRun, 'customers');
  expect(after.status).toBe(202);
  expect(await reasonFor(after.json.runId, 'customers')).toBeNull();
});

test('all pipelines are paused at once: nothing starts without force, and pauses of their own stay', async () => {
  expect(await send(pauseAll, '', {})).toMatchObject({ status: 400 });
  const paused = { by: 'local:ann', reason: 'the warehouse moves' };
  expect(await send(pauseAll, '', { reason: 'the warehouse moves' })).toMatchObject({ status: 200, json: { paused } });
  await send(pausePipeline, 'customers', { reason: 'the source moves' });
  for (const route of [startRuns, startPipelineRun]) {
    const refused = await send(route, 'orders');
    expect(refused).toMatchObject({ status: 409, json: { code: 'pipeline-paused' } });
    expect(refused.json.fix).toContain('resume --all');
  }
  const insisted = await send(startRuns, '', { force: true });
  expect(await reasonFor(insisted.json.runId, 'orders')).toBeNull();
  // What a schedule or a file starts does not ask, and finds the pause when it plans.
  const plan: RunPlan = JSON.parse('{}');
  expect(await pausedReason(services, plan, 'orders')).toBe('paused by local:ann: the warehouse moves');
  expect(await send(resumePipeline, 'orders')).toMatchObject({ json: { paused, wasPaused: null } });
  expect(await send(resumeAll, '')).toMatchObject({
    json: { paused: null, wasPaused: paused, stillPaused: ['customers'] },
  });
  expect(await send(resumeAll, '')).toMatchObject({ json: { wasPaused: null } });
  expect(await pausedReason(services, plan, 'orders')).toBeNull();
  expect(await pausedReason(services, plan, 'customers')).toContain('the source moves');
  await send(resumePipeline, 'customers');
  expect((await send(startRuns, '')).status).toBe(202);
});
