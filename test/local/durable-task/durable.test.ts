import http from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startHostProcess, type HostProcess } from '../host/host-process';
import { DurableTestClient } from './durable-client';

const APP = path.join(__dirname, '../fixtures/apps/durable');

describe('durable functions on the embedded host', () => {
  let host: HostProcess;
  let folder: string;
  const client = new DurableTestClient(() => host.baseUrl);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'sluice-durable-'));
    host = await startHostProcess({ app: APP });
  });
  afterAll(async () => {
    expect(await host.end()).toBe(0);
    rmSync(folder, { recursive: true });
  });

  test('runs activities one after another, with an input', async () => {
    const status = await client.run('sequence', 'sequence', { a: [1] });
    expect(status).toMatchObject({ runtimeStatus: 'Completed', output: [{ n: 1 }, 'two', { a: [1] }] });
    expect(await client.history('sequence')).toEqual([
      'ExecutionStarted',
      'TaskCompleted',
      'TaskCompleted',
      'ExecutionCompleted',
    ]);
  });

  test('fans out', async () => {
    expect((await client.run('fanOut', 'fan-out', { count: 60 })).output).toBe(1770);
  });

  test('retries, with other work beside it and after it', async () => {
    const good = await client.run('retries', 'retries', { good: 3, attempts: 3 });
    expect(good.output).toEqual({ attempt: 3, after: 'after' });
    const history = await client.history('retries');
    expect(history.filter((type) => type === 'TimerFired')).toHaveLength(2);
    const bad = await client.run('retries', 'retries-bad', { good: 9, attempts: 2 });
    expect(bad.output).toEqual({ error: "Activity function 'failsUntil' failed:  attempt 2 is bad", after: 'after' });
  });

  test('runs children; their failure reaches the parent', async () => {
    expect((await client.run('parent', 'parent', { child: 'sequence' })).output).toEqual([
      { n: 1 },
      'two',
      'input of the child',
    ]);
    const failed = await client.run('parent', 'parent-failing', { child: 'fails' });
    const text = "Orchestrator function 'fails' failed: Activity function 'failsUntil' failed:  attempt 1 is bad";
    expect(failed.output).toEqual({ error: text });
  });

  test('takes an event before and while it is waited for; a cancelled timer holds nothing up', async () => {
    await client.start('waits', 'waits');
    expect(await client.until('waits', ['Running'])).toMatchObject({ customStatus: 'waiting' });
    expect((await client.raise('waits', 'go', { by: 'me' })).status).toBe(202);
    expect(await client.until('waits')).toMatchObject({ runtimeStatus: 'Completed', output: { by: 'me' } });
    await client.start('waits', 'waits-early');
    await client.raise('waits-early', 'go', 1);
    expect((await client.until('waits-early')).output).toBe(1);
    expect((await client.raise('waits-early', 'go', 1)).status).toBe(410);
    expect((await client.raise('no-such-instance', 'go', 1)).status).toBe(404);
  });

  test('continues as new', async () => {
    const status = await client.run('counts', 'counts', { left: 3, seen: [] });
    expect(status).toMatchObject({ input: { left: 0, seen: [3, 2, 1] }, output: [3, 2, 1, 0] });
  });

  test('calls and signals entities; an error comes back; a deleted one is gone', async () => {
    const steps = [
      { key: 'k', op: 'add', input: 5 },
      { key: 'k', op: 'add', input: 2, signal: true },
      { key: 'k', op: 'get' },
      { key: 'k', op: 'fail' },
    ];
    expect((await client.run('script', 'script', steps)).output).toEqual([5, 7, 'failed']);
    expect((await client.call('GET', 'entities/counter/k')).json).toBe(7);
    await client.run('script', 'script-deletes', [{ key: 'k', op: 'delete' }]);
    expect((await client.call('GET', 'entities/counter/k')).status).toBe(404);
  });

  test('locks entities: transfers in both directions come one after another', async () => {
    const ids = ['t1', 't2', 't3', 't4'];
    await Promise.all(ids.map((id, n) => client.start('transfer', id, n % 2 === 0 ? ['x', 'y'] : ['y', 'x'])));
    for (const id of ids) expect(await client.until(id)).toMatchObject({ runtimeStatus: 'Completed' });
    expect((await client.call('GET', 'entities/counter/x')).json).toBe(0);
    expect((await client.call('GET', 'entities/counter/y')).json).toBe(0);
  });

  test('gives locks back when their holder is terminated', async () => {
    await client.run('script', 'fill', [{ key: 'held', op: 'add', input: 1 }]);
    await client.start('transfer', 'held', ['held', 'held-2']);
    await client.call('POST', 'instances/held/terminate');
    expect((await client.run('script', 'after-held', [{ key: 'held', op: 'get' }])).runtimeStatus).toBe('Completed');
  });

  test('suspends, resumes and terminates', async () => {
    await client.start('waits', 'steered');
    await client.until('steered', ['Running']);
    await client.call('POST', 'instances/steered/suspend?reason=lunch');
    expect(await client.status('steered')).toMatchObject({ runtimeStatus: 'Suspended', output: 'lunch' });
    await client.raise('steered', 'go', 1);
    expect((await client.status('steered')).runtimeStatus).toBe('Suspended');
    expect((await client.call('DELETE', 'instances/steered')).status).toBe(412);
    await client.call('POST', 'instances/steered/resume');
    expect(await client.until('steered')).toMatchObject({ runtimeStatus: 'Completed', output: 1 });
    expect((await client.call('POST', 'instances/steered/terminate')).status).toBe(410);
    expect((await client.call('DELETE', 'instances/steered')).json).toEqual({ instancesDeleted: 1 });
    expect((await client.call('GET', 'instances/steered')).status).toBe(404);
  });

  test('rewinds what failed, and keeps what did not', async () => {
    expect(await client.run('fails', 'rewound')).toMatchObject({ runtimeStatus: 'Failed' });
    expect((await client.call('POST', 'instances/rewound/rewind?reason=fixed')).status).toBe(202);
    expect(await client.until('rewound', ['Completed'])).toMatchObject({ output: 2 });
    expect((await client.call('POST', 'instances/rewound/rewind')).status).toBe(412);
  });

  test('rewinds a failed child with its parent', async () => {
    expect(await client.run('failsInChild', 'rewound-parent')).toMatchObject({ runtimeStatus: 'Failed' });
    await client.call('POST', 'instances/rewound-parent/rewind?reason=fixed');
    expect(await client.until('rewound-parent', ['Completed'])).toMatchObject({ output: 2 });
    expect(await client.status('rewound-parent-child')).toMatchObject({ runtimeStatus: 'Completed', output: 2 });
  });

  test('finds out that an orchestrator is not deterministic', async () => {
    const { runtimeStatus, output } = await client.run('changesItsMind', 'mind', path.join(folder, 'mark'));
    expect({ runtimeStatus, output: String(output) }).toEqual({
      runtimeStatus: 'Failed',
      output: expect.stringContaining("scheduled an activity task with sequence number 0 named 'echo'"),
    });
  });

  test('waits for an activity that no function implements; fails without an orchestrator', async () => {
    await client.start('callsNobody', 'nobody');
    expect((await client.until('nobody', ['Running'])).output).toBeNull();
    expect(await client.history('nobody')).toEqual(['ExecutionStarted']);
    expect((await client.run('noSuchOrchestrator', 'missing')).runtimeStatus).toBe('Failed');
  });

  test('leaves an instance of a newer version pending', async () => {
    expect((await client.call('POST', 'orchestrators/sequence/newer?version=1.10')).status).toBe(202);
    expect((await client.call('POST', 'orchestrators/sequence/older?version=1.0')).status).toBe(202);
    expect((await client.until('older')).runtimeStatus).toBe('Completed');
    expect((await client.status('newer')).runtimeStatus).toBe('Pending');
    expect((await client.start('sequence', 'newer')).status).toBe(409);
  });

  test('calls HTTP and polls what answers 202', async () => {
    let polls = 0;
    const server = http.createServer((request, response) => {
      if (request.url === '/job') response.writeHead(202, { location: '/status', 'retry-after': '0' }).end();
      else if ((polls += 1) < 3) response.writeHead(202, { location: '/status', 'retry-after': '0' }).end();
      else response.end('finished');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/job`;
    const { output } = await client.run('callsHttp', 'http', { method: 'POST', url, body: 'start' });
    server.close();
    expect(output).toEqual({ status: 200, content: 'finished', after: 'after' });
    expect(polls).toBe(3);
  });

  test('lists by filter and page, and purges', async () => {
    await Promise.all([1, 2, 3].map((n) => client.run('sequence', `listed-${n}`)));
    const ids: string[] = [];
    let token: string | undefined;
    do {
      const page = await listPage(token);
      expect(page.ids.length).toBeLessThanOrEqual(2);
      ids.push(...page.ids);
      token = page.token;
    } while (token !== undefined);
    expect(ids.sort()).toEqual(['listed-1', 'listed-2', 'listed-3']);
    expect((await client.call('DELETE', 'instances')).status).toBe(400);
    const filter = 'createdTimeFrom=2020-01-01T00:00:00Z&instanceIdPrefix=listed-';
    expect((await client.call('DELETE', `instances?${filter}`)).json).toEqual({ instancesDeleted: 3 });
    expect((await client.call('DELETE', `instances?${filter}`)).status).toBe(404);
  });

  async function listPage(token: string | undefined): Promise<{ ids: string[]; token: string | undefined }> {
    const headers = token === undefined ? {} : { 'x-ms-continuation-token': token };
    const response = await fetch(
      `${host.baseUrl}/runtime/webhooks/durabletask/instances?instanceIdPrefix=listed-&top=2&runtimeStatus=Completed`,
      { headers },
    );
    const found = (await response.json()) as { instanceId: string }[];
    return {
      ids: found.map(({ instanceId }) => instanceId),
      token: response.headers.get('x-ms-continuation-token') ?? undefined,
    };
  }
});
