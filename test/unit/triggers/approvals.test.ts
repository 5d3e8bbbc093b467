import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { settleApproval } from '../../../src/durable/activities/approvals/settle-approval';
import type { ActivityServices } from '../../../src/durable/activities/activity-services';
import { StorageConflictError } from '../../../src/errors/storage-conflict-error';
import { carryOut } from '../../../src/triggers/approvals/carry-out';
import { scheduleTick } from '../../../src/triggers/schedule/schedule-tick';
import { startForFile } from '../../../src/triggers/files/start-for-file';
import { createHash } from 'node:crypto';
import { FakeOrchestrations } from './fake-orchestrations';
import { sendTo } from './send-to';
import { FILES, testServices, type TestServices } from './test-services';

const EVENTS = `pipeline: events
source:
  connection: warehouse
  table: crm.events
  columns: { id: integer, at: timestamptz }
  incremental: { by: column, column: at, start: '2024-02-01' }
target: { connection: warehouse, table: t.events, writeDisposition: append }
`;
const GUARDS = `guards:
  confirm: [undo, backfill, force, activate]
  approval: { for: [change, undo, backfill, release], deadline: 1d, releaseRows: 2 }
`;
const KEYS = { ann: 'key-of-ann', bob: 'key-of-bob', cy: 'key-of-cy' } as const;
type Person = keyof typeof KEYS;

/** Production as an app in Azure sees it: three people with keys of their own, of whom two approve. */
let services: TestServices;
let durable: FakeOrchestrations;
beforeEach(async () => {
  const made = await testServices({ ...FILES, 'events.yaml': EVENTS, 'environments/local.yaml': GUARDS });
  const key = (name: Person, role: 'operator' | 'approver') => ({
    name,
    role,
    sha256: createHash('sha256').update(KEYS[name]).digest('hex'),
  });
  const keys = [key('ann', 'operator'), key('bob', 'approver'), key('cy', 'approver')];
  services = { ...made, callers: { ...made.callers, localUser: null, keys } };
  durable = new FakeOrchestrations();
});

const send = (who: Person, name: string, more: Parameters<typeof sendTo>[3] = {}) =>
  sendTo(services, durable, name, { ...more, headers: { 'x-functions-key': KEYS[who] } });
const approval = async (id: string) => (await send('ann', 'api-get-approval', { params: { id } })).json;
const waiting = async (): Promise<string[]> =>
  (await send('ann', 'api-list-approvals', { query: '?state=waiting' })).json.approvals.map(
    (one: { approval: string }) => one.approval,
  );
const decide = (who: Person, id: string, decision = 'approve') =>
  send(who, 'api-decide-approval', { params: { id }, body: { decision, reason: 'a test' } });
/** What the orchestration of an approval does when it is woken. */
const settle = (id: string, more: Partial<ActivityServices> = {}) =>
  settleApproval(
    {
      stores: services.stores,
      log: services.log,
      now: () => services.clock.now(),
      carryOut: (client: never, one: never, approver: string) => carryOut(services, client, one, approver),
      ...more,
    } as unknown as ActivityServices,
    durable.client,
    { approval: id, now: services.clock.now() },
  );
const approveDeployed = async (): Promise<void> => {
  await services.definitions.runnable();
  const [id = ''] = await waiting();
  expect((await decide('bob', id)).status).toBe(202);
  expect(await settle(id)).toEqual({ ended: true });
};
const start = (pipeline = 'orders') => send('ann', 'api-start-pipeline-run', { params: { name: pipeline }, body: {} });
const change = async (from: string, to: string): Promise<void> => {
  const place = path.join(services.folder, 'orders.yaml');
  await writeFile(place, (await readFile(place, 'utf8')).replace(from, to));
};
const audited = async () =>
  (await services.stores.audit.list({ day: '2026-01-01', limit: 100 })).map(({ action, by }) => `${action} ${by}`);

describe('what a deployment brings', () => {
  test('is not run before somebody has approved it, and the tick sees to its orchestration', async () => {
    expect(await start()).toMatchObject({ status: 409, json: { code: 'approval-required' } });
    const file = { kind: 'event', pipeline: 'customers', path: 'landing/customers/a.csv', etag: '1' } as const;
    expect(await startForFile(services, durable.client, file)).toBeNull();
    const [id = '', ...others] = await waiting();
    expect(others).toEqual([]);
    expect(await approval(id)).toMatchObject({
      state: 'waiting',
      requester: 'deployment',
      summary: 'use what was deployed of customers, events, orders',
      deadlineAt: '2026-01-02T10:00:00.000Z',
      changes: [{ before: null }, { before: null }, { before: null }],
    });
    expect(durable.instances.has(`approval-${id}`)).toBe(false);
    await scheduleTick(services, durable.client);
    expect(durable.instances.get(`approval-${id}`)).toMatchObject({ name: 'approval', input: { approval: id } });
    expect(await settle(id)).toEqual({ ended: false });
    // An operator may not approve.
    expect(await decide('ann', id)).toMatchObject({ status: 403, json: { code: 'role-required' } });
    expect((await decide('bob', id)).json.approval).toMatchObject({ state: 'approved', decision: { by: 'key:bob' } });
    expect(durable.events).toContainEqual([`approval-${id}`, 'decided']);
    expect(await settle(id)).toEqual({ ended: true });
    expect(await approval(id)).toMatchObject({ state: 'done', end: { result: { pipelines: 3 } } });
    expect((await start()).status).toBe(202);
    expect(await waiting()).toEqual([]);
    expect(await audited()).toEqual(
      expect.arrayContaining([
        'approval-requested deployment',
        'approval-approved key:bob',
        'approval-done deployment',
      ]),
    );
  });

  test('waits while runs use what was approved last; a newer deployment takes its place', async () => {
    await approveDeployed();
    const { json: before } = await send('ann', 'api-list-versions', { params: { name: 'orders' } });
    await change("'orders/*.csv'", "'orders/*.ndjson'");
    const first = (await start()).json.runId as string;
    expect((await services.stores.runs.get(first))?.versions).toEqual({ orders: before.deployed });
    const [id = ''] = await waiting();
    expect(await approval(id)).toMatchObject({
      summary: 'use what was deployed of orders',
      changes: [{ pipeline: 'orders', before: before.deployed, differences: [{ path: 'source.files' }] }],
    });
    services.clock.set('2026-01-01T11:00:00.000Z');
    await change("'orders/*.ndjson'", "'orders/*.json'");
    const [newer = '', ...others] = await services.definitions.runnable().then(waiting);
    expect([newer === id, others]).toEqual([false, []]);
    expect(await decide('bob', id)).toMatchObject({ status: 409, json: { code: 'approval-decided' } });
    expect((await approval(id)).state).toBe('withdrawn');
    expect(await settle(id)).toEqual({ ended: true });
    await decide('cy', newer, 'reject');
    await settle(newer);
    // A restart, or the next tick, does not ask again for what was rejected.
    await services.definitions.runnable();
    expect(await waiting()).toEqual([]);
    const second = (await start()).json.runId as string;
    expect((await services.stores.runs.get(second))?.versions).toEqual({ orders: before.deployed });
    // Somebody may: then it is another approval.
    const asked = await send('ann', 'api-activate-version', {
      params: { name: 'orders', hash: 'deployed' },
      body: { reason: 'it is right', confirm: 'orders' },
    });
    expect(asked).toMatchObject({ status: 202, json: { approval: { state: 'waiting', requester: 'key:ann' } } });
    const again = asked.json.approval.approval as string;
    await decide('bob', again);
    await settle(again);
    const third = (await start()).json.runId as string;
    const { json: now } = await send('ann', 'api-list-versions', { params: { name: 'orders' } });
    expect(now).toMatchObject({ used: { hash: now.deployed, why: 'deployed' }, pin: null });
    expect((await services.stores.runs.get(third))?.versions).toEqual({ orders: now.deployed });
  });

  test('that was approved after another came is not used', async () => {
    await services.definitions.runnable();
    const [id = ''] = await waiting();
    await decide('bob', id);
    services.clock.set('2026-01-01T11:00:00.000Z');
    await change("'orders/*.csv'", "'orders/*.ndjson'");
    await services.definitions.runnable();
    await settle(id);
    expect(await approval(id)).toMatchObject({ state: 'failed', end: { failure: { code: 'approval-outdated' } } });
    expect(await start('customers')).toMatchObject({ status: 409 });
  });

  test('of an environment without the guard counts as approved once the guard comes', async () => {
    await writeFile(path.join(services.folder, 'environments/local.yaml'), 'guards: {}\n');
    expect((await start()).status).toBe(202);
    await writeFile(path.join(services.folder, 'environments/local.yaml'), GUARDS);
    expect((await start()).status).toBe(202);
    expect(await waiting()).toEqual([]);
  });
});

describe('deciding', () => {
  const SPAN = { from: '2024-01-01', to: '2024-01-03', window: '1d', reason: 'a test', confirm: 'events' };
  const backfill = (who: Person = 'ann', more: object = {}) =>
    send(who, 'api-start-backfill', { params: { name: 'events' }, body: { ...SPAN, ...more } });
  beforeEach(approveDeployed);

  test('is for somebody else than who asked; the first decision stands', async () => {
    const asked = await backfill('bob');
    expect(asked.headers['Location']).toBe(`/api/approvals/${asked.json.approval.approval as string}`);
    const id = asked.json.approval.approval as string;
    expect((await backfill('bob')).json.approval.approval).toBe(id);
    expect(await decide('bob', id)).toMatchObject({ status: 403, json: { code: 'approval-own' } });
    expect((await decide('cy', id, 'reject')).json.approval.state).toBe('rejected');
    expect((await decide('cy', id, 'reject')).status).toBe(202);
    expect(await decide('cy', id)).toMatchObject({
      status: 409,
      json: { code: 'approval-decided', detail: expect.stringContaining('was rejected') },
    });
    await settle(id);
    expect(await services.stores.backfills.list({ limit: 5 })).toEqual([]);
    // Asked for once more it is another approval.
    expect((await backfill('bob')).json.approval.approval).not.toBe(id);
  });

  test('one of their own is not approved under another spelling, nor by the same account under another name; trying stands in the audit trail', async () => {
    const entra = { ...services.callers, mode: 'entra', appServiceAuthentication: true } as const;
    const its = { ...services, callers: entra };
    const as = (name: string, oid: string) => {
      const claims = [
        { typ: 'preferred_username', val: name },
        { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: oid },
        { typ: 'roles', val: 'approver' },
      ];
      const principal = Buffer.from(JSON.stringify({ auth_typ: 'aad', claims })).toString('base64');
      return { headers: { 'x-ms-client-principal': principal } };
    };
    const asked = await sendTo(its, durable, 'api-start-backfill', {
      ...as('eve@example.com', 'account-1'),
      params: { name: 'events' },
      body: SPAN,
    });
    const { approval: id } = asked.json.approval as { approval: string };
    const approve = async (name: string, oid: string) =>
      sendTo(its, durable, 'api-decide-approval', {
        ...as(name, oid),
        params: { id },
        body: { decision: 'approve', reason: 'a test' },
      });
    expect(await approve('Eve@Example.com', 'account-2')).toMatchObject({
      status: 403,
      json: { code: 'approval-own' },
    });
    expect(await approve('eve.new@example.com', 'account-1')).toMatchObject({ json: { code: 'approval-own' } });
    expect(await audited()).toEqual(
      expect.arrayContaining(['access-refused Eve@Example.com', 'access-refused eve.new@example.com']),
    );
    expect(await approve('dan@example.com', 'account-3')).toMatchObject({ status: 202 });
  });

  test('what was approved is begun once, however often its orchestration tries', async () => {
    const id = (await backfill()).json.approval.approval as string;
    await decide('bob', id);
    let tries = 0;
    const dies = async (...[client, one, approver]: Parameters<ActivityServices['carryOut']>) => {
      tries += 1;
      await carryOut(services, client, one, approver);
      throw new StorageConflictError('a test');
    };
    await expect(settle(id, { carryOut: dies })).rejects.toThrow('a test');
    await settle(id);
    await settle(id);
    expect(tries).toBe(1);
    const started = await services.stores.backfills.list({ limit: 5 });
    expect(started).toHaveLength(1);
    expect(started[0]).toMatchObject({ by: 'key:ann', reason: `a test (${id}, approved by key:bob)` });
    expect((await approval(id)).end.result).toEqual({ backfill: started[0]!.id, windows: 2 });
    expect((await audited()).filter((one) => one.startsWith('backfill-started'))).toEqual(['backfill-started key:ann']);
  });

  test('what nobody decides about has expired at its deadline, and says so', async () => {
    const id = (await backfill()).json.approval.approval as string;
    services.clock.set('2026-01-02T09:59:59.999Z');
    expect(await settle(id)).toEqual({ ended: false });
    services.clock.set('2026-01-02T10:00:00.000Z');
    // Also where its orchestration has not noticed yet.
    expect(await decide('bob', id)).toMatchObject({
      status: 409,
      json: { code: 'approval-decided', detail: expect.stringContaining('has expired') },
    });
    expect(await settle(id)).toEqual({ ended: true });
    expect(await approval(id)).toMatchObject({ state: 'expired', decision: { by: 'deadline' }, end: { result: {} } });
    expect(await services.stores.backfills.list({ limit: 5 })).toEqual([]);
    const later = (await backfill()).json.approval.approval as string;
    services.clock.set('2026-01-03T10:00:00.000Z');
    expect(await settle(later)).toEqual({ ended: true });
    expect((await approval(later)).state).toBe('expired');
  });

  test('what waits is taken back by who asked, and by approvers', async () => {
    const id = (await backfill()).json.approval.approval as string;
    expect((await decide('ann', id, 'withdraw')).json.approval.state).toBe('withdrawn');
    const of = (await backfill('bob')).json.approval.approval as string;
    expect(await decide('ann', of, 'withdraw')).toMatchObject({ status: 403, json: { code: 'role-required' } });
    expect((await decide('cy', of, 'withdraw')).status).toBe(202);
    expect(await decide('bob', 'ap-nothing')).toMatchObject({ status: 404, json: { code: 'approval-not-found' } });
    expect(await decide('bob', id, 'maybe')).toMatchObject({ status: 400 });
  });

  test('a backfill whose pipeline changed meanwhile is not begun', async () => {
    const id = (await backfill()).json.approval.approval as string;
    await decide('bob', id);
    const place = path.join(services.folder, 'events.yaml');
    await writeFile(place, EVENTS.replace('2024-02-01', '2024-03-01'));
    await services.definitions.runnable();
    const change = (await waiting())[0] ?? '';
    await decide('bob', change);
    await settle(change);
    await settle(id);
    expect(await approval(id)).toMatchObject({ state: 'failed', end: { failure: { code: 'approval-outdated' } } });
  });

  test('a request that could not be carried out is refused before anybody is asked', async () => {
    expect(await backfill('ann', { window: '1x' })).toMatchObject({ status: 400 });
    expect(await backfill('ann', { from: '2025-01-01' })).toMatchObject({ status: 400 });
    const wrong = await send('ann', 'api-start-backfill', {
      params: { name: 'customers' },
      body: { ...SPAN, confirm: 'customers' },
    });
    expect(wrong).toMatchObject({ status: 422, json: { code: 'backfill-not-possible' } });
    expect(await waiting()).toEqual([]);
  });
});

describe('what is confirmed by name', () => {
  beforeEach(approveDeployed);

  test('a request without the name is told what to send', async () => {
    const body = { from: '2024-01-01', to: '2024-01-03', window: '1d', reason: 'a test' };
    const refused = await send('ann', 'api-start-backfill', { params: { name: 'events' }, body });
    expect(refused).toMatchObject({
      status: 428,
      json: {
        title: 'Precondition Required',
        code: 'confirmation-required',
        detail: 'In local, a backfill has to be confirmed by name.',
        fix: 'Send "confirm": "events" in the body, or --confirm events on the command line.',
        confirm: ['events'],
      },
    });
    const other = await send('ann', 'api-start-backfill', {
      params: { name: 'events' },
      body: { ...body, confirm: 'orders' },
    });
    expect(other.status).toBe(428);
  });

  test('replace runs and force are confirmed too, and all pipelines as all; triggers are not asked', async () => {
    const overlay = path.join(services.folder, 'environments/local.yaml');
    await writeFile(overlay, 'guards: { confirm: [replace, force], role: approver }\n');
    await change('append', 'replace');
    const named = (who: Person, body: object) => send(who, 'api-start-runs', { body });
    expect((await named('ann', { pipelines: ['customers'] })).status).toBe(202);
    // The guard asks for a role of its own.
    expect(await named('ann', { pipelines: ['orders'] })).toMatchObject({ status: 403 });
    expect(await named('bob', { pipelines: ['orders', 'customers'] })).toMatchObject({
      status: 428,
      json: { confirm: ['orders'] },
    });
    expect((await named('bob', { pipelines: ['orders', 'customers'], confirm: ['orders'] })).status).toBe(202);
    expect(await named('bob', {})).toMatchObject({ status: 428, json: { confirm: ['all'] } });
    expect((await named('bob', { confirm: 'all' })).status).toBe(202);
    expect(await named('bob', { pipelines: ['customers'], force: true })).toMatchObject({
      status: 428,
      json: { detail: 'In local, what is done with force has to be confirmed by name.' },
    });
    expect((await named('bob', { pipelines: ['customers'], force: true, confirm: 'customers' })).status).toBe(202);
    const file = { kind: 'event', pipeline: 'orders', path: 'landing/x.csv', etag: '1' } as const;
    expect(await startForFile(services, durable.client, file)).toMatchObject({ created: true });
  });

  test('where the overlay cannot be read nobody knows what it guards, and nothing that it may guard is done', async () => {
    await writeFile(path.join(services.folder, 'environments/local.yaml'), 'guards: { confirm: [undoo] }\n');
    const refused = await send('ann', 'api-start-backfill', {
      params: { name: 'events' },
      body: { from: '2024-01-01', to: '2024-01-03', window: '1d', reason: 'a test' },
    });
    expect(refused).toMatchObject({ status: 409, json: { code: 'project-invalid' } });
  });
});
