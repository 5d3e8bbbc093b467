import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunPlan } from '../../../src/config/project';
import { scheduleTick } from '../../../src/triggers/schedule/schedule-tick';
import { FakeOrchestrations } from './fake-orchestrations';
import { sendTo } from './send-to';
import { FILES, testServices, type TestServices } from './test-services';

let services: TestServices;
let durable: FakeOrchestrations;
beforeEach(async () => {
  services = await testServices();
  durable = new FakeOrchestrations();
});

const send = (name: string, more: Parameters<typeof sendTo>[3] = {}) => sendTo(services, durable, name, more);
const change = async (file: string, from: string, to: string): Promise<void> => {
  const place = path.join(services.folder, file);
  const before = await readFile(place, 'utf8');
  expect(before).toContain(from);
  await writeFile(place, before.replace(from, to));
};
const versions = async (pipeline = 'orders') => (await send('api-list-versions', { params: { name: pipeline } })).json;
const activate = (hash: string, pipeline = 'orders', body: object = { reason: 'a test' }) =>
  send('api-activate-version', { params: { name: pipeline, hash }, body });
/** What a run that is started now would load, by its plan. */
const planOfRun = async (pipeline = 'orders'): Promise<RunPlan> => {
  const { status, json } = await send('api-start-pipeline-run', { params: { name: pipeline }, body: {} });
  expect([status, json]).toEqual([202, expect.anything()]);
  const start = await services.stores.runs.start(json.runId);
  return services.stores.artifacts.getJson<RunPlan>(start!.plan);
};

test('every definition that is deployed is kept, once, with what it changed', async () => {
  const first = await versions();
  expect(first).toMatchObject({ isDeployed: true, used: { hash: first.deployed, why: 'deployed' }, pin: null });
  expect(first.versions).toMatchObject([{ hash: first.deployed, by: 'deployment', deployed: true, used: true }]);
  services.clock.set('2026-01-01T10:30:00.000Z');
  await change('orders.yaml', "'orders/*.csv'", "'orders/*.ndjson'");
  const second = await versions();
  services.clock.set('2026-01-01T11:00:00.000Z');
  await change('orders.yaml', '2001-01-01', '2002-02-02');
  const third = await versions();
  expect(new Set([first.deployed, second.deployed, third.deployed]).size).toBe(3);
  expect(third.versions[0]).toMatchObject({
    hash: third.deployed,
    changes: {
      count: 1,
      differences: [{ path: 'parameters.day.default', change: 'changed', before: '2001-01-01', after: '2002-02-02' }],
    },
  });
  expect(third.versions).toHaveLength(3);
  expect(third.history.map(({ kind, hash }: { kind: string; hash: string }) => `${kind} ${hash}`)).toEqual([
    `deployed ${third.deployed}`,
    `deployed ${second.deployed}`,
    `deployed ${first.deployed}`,
  ]);
  // The other pipeline did not change.
  expect((await versions('customers')).versions).toHaveLength(1);
  const one = await send('api-get-version', {
    params: { name: 'orders', hash: third.deployed.slice(0, 8) },
    query: `?against=${first.deployed}`,
  });
  expect(one.json.definition.pipeline).toBe('orders');
  expect(one.json.changes.differences.map((each: { path: string }) => each.path).toSorted()).toEqual([
    'parameters.day.default',
    'source.files',
  ]);
});

test('a run pins its version, and an activated one is used until another is deployed', async () => {
  const before = await versions();
  expect((await planOfRun()).versions).toEqual({ orders: before.deployed });
  await change('orders.yaml', "'orders/*.csv'", "'orders/*.ndjson'");
  const deployed = (await versions()).deployed as string;
  expect(await activate(before.deployed)).toMatchObject({ status: 200, json: { used: { why: 'activated' } } });
  const plan = await planOfRun();
  expect(plan.versions).toEqual({ orders: before.deployed });
  expect(plan.project.pipelines['orders']?.source.files).toBe('orders/*.csv');
  expect(plan.project.pipelines['customers']?.source.files).toBe('customers/*.csv');
  const listed = (await send('api-list-pipelines')).json.pipelines;
  expect(listed.find(({ pipeline }: { pipeline: string }) => pipeline === 'orders').version).toMatchObject({
    deployed,
    used: before.deployed,
    why: 'activated',
    pin: { by: 'local:ann', reason: 'a test' },
  });
  // What is deployed of others changes nothing; another version of it does.
  await change('customers.yaml', 'append', 'replace');
  expect((await planOfRun()).versions).toEqual({ orders: before.deployed });
  await change('orders.yaml', '2001-01-01', '2002-02-02');
  const after = await versions();
  expect(after).toMatchObject({ used: { hash: after.deployed, why: 'deployed' }, pin: null });
  expect((await planOfRun()).versions).toEqual({ orders: after.deployed });
  expect(after.history[0]).toMatchObject({ kind: 'deployed', reason: expect.stringContaining('no longer used') });
});

test('the deployed version is used again when somebody says so, and doing it twice does nothing', async () => {
  const before = (await versions()).deployed as string;
  await change('orders.yaml', "'orders/*.csv'", "'orders/*.ndjson'");
  const { deployed } = await versions();
  await activate(before.slice(0, 6));
  await activate(before);
  expect((await versions()).history.map(({ kind }: { kind: string }) => kind)).toEqual([
    'activated',
    'deployed',
    'deployed',
  ]);
  expect(await activate('deployed')).toMatchObject({ status: 200, json: { used: { hash: deployed } } });
  await activate(deployed);
  expect((await versions()).history.map(({ kind }: { kind: string }) => kind)).toEqual([
    'followed',
    'activated',
    'deployed',
    'deployed',
  ]);
  expect((await planOfRun()).versions).toEqual({ orders: deployed });
});

test('a version that does not work with what there is today is refused, with its problems', async () => {
  const first = await versions();
  await change('orders.yaml', 'connection: warehouse', 'connection: lake');
  await change('customers.yaml', 'connection: warehouse', 'connection: lake');
  await change('connections.yaml', 'warehouse:', 'lake:');
  const { deployed } = await versions();
  const refused = await activate(first.deployed);
  expect(refused).toMatchObject({
    status: 409,
    json: {
      code: 'definition-not-usable',
      detail: expect.stringContaining("there is no connection 'warehouse'"),
      problems: [expect.objectContaining({ path: 'target.connection' })],
    },
  });
  expect(await versions()).toMatchObject({ used: { hash: deployed, why: 'deployed' } });
  expect(await activate('ffffff')).toMatchObject({ status: 404, json: { code: 'definition-not-found' } });
  expect(await activate('x')).toMatchObject({ status: 404 });
  expect(await activate(deployed, 'nobody')).toMatchObject({ status: 404, json: { code: 'unknown-pipeline' } });
  expect(await activate(deployed, 'orders', {})).toMatchObject({ status: 400 });
});

test('an earlier version reads its reference files as they were, and others read the present ones', async () => {
  const lookup =
    'transform:\n  - lookup: { from: { file: c.csv, columns: { code: integer, name: string } }, match: { id: code }, take: { name: name } }\n';
  const files = { ...FILES, 'c.csv': 'code,name\n1,old\n' };
  services = await testServices({
    ...files,
    'orders.yaml': `${FILES['orders.yaml'] ?? ''}${lookup}`,
    'customers.yaml': `${FILES['customers.yaml'] ?? ''}${lookup}`,
  });
  const before = await versions();
  await writeFile(path.join(services.folder, 'c.csv'), 'code,name\n1,new\n');
  services.clock.set('2026-01-01T10:30:00.000Z');
  const now = await versions();
  expect(now.deployed).not.toBe(before.deployed);
  expect(now.versions[0].changes.differences).toMatchObject([{ path: "referenceFiles['c.csv']", change: 'changed' }]);
  await activate(before.deployed);
  const { json } = await send('api-start-runs', { body: {} });
  const start = await services.stores.runs.start(json.runId);
  const plan = await services.stores.artifacts.getJson<RunPlan>(start!.plan);
  const own = plan.ownReferenceFiles!['orders']!['c.csv']!;
  expect((await services.stores.artifacts.getBytes(own)).toString()).toBe('code,name\n1,old\n');
  const common = plan.referenceFiles!['c.csv']!;
  expect((await services.stores.artifacts.getBytes(common)).toString()).toBe('code,name\n1,new\n');
});

test('schedules are those of the version that runs use', async () => {
  const before = await versions('customers');
  await change('customers.yaml', "'0 2 * * *'", "'30 9 * * *'");
  await scheduleTick(services, durable.client);
  services.clock.set('2026-01-02T09:45:00.000Z');
  await activate(before.deployed, 'customers');
  await scheduleTick(services, durable.client);
  const runs = await services.stores.runs.list({ limit: 10 });
  expect(runs.runs.map(({ trigger }) => trigger)).toEqual([
    { kind: 'schedule', pipeline: 'customers', dueAt: '2026-01-02T02:00:00.000Z' },
  ]);
});

test('of a pipeline that is not deployed any more, the versions can be looked at', async () => {
  const before = await versions('orders');
  await rm(path.join(services.folder, 'orders.yaml'));
  expect(await versions('orders')).toMatchObject({ isDeployed: false, versions: [{ hash: before.deployed }] });
  expect(await activate(before.deployed)).toMatchObject({ status: 404, json: { code: 'unknown-pipeline' } });
});

test('two processes that note the same deployment note it once', async () => {
  const others = await Promise.all([versions(), versions(), versions()]);
  expect(new Set(others.map(({ deployed }) => deployed)).size).toBe(1);
  expect((await versions()).history).toHaveLength(1);
});
