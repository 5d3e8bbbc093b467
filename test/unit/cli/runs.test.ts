import { pipelineRecord, runRecord } from '../../local/demo/run-record';
import { useFakeApi } from './support/fake-api';
import { sluice } from './support/sluice';

/** Answers as the API does; what it was asked stands in `asked`. A run is under way when it is looked at for the first time. */
let asked: string[] = [];
let status: 'Succeeded' | 'Failed' = 'Succeeded';
const lookups = [
  {
    step: 1,
    name: 'lookup(airports)',
    from: 'airports',
    rows: 100,
    matched: 98,
    missing: 2,
    generation: '0f3a',
    cacheHits: 7,
    cacheMisses: 1,
  },
];
const rules = [{ step: 2, name: 'clock error', reason: null, rows: 41 }];

const url = useFakeApi(({ method, url: address, body }) => {
  const first = !asked.some((one) => one.startsWith('GET /api/runs/run-1'));
  asked.push(`${method} ${address} ${body === undefined ? '' : JSON.stringify(body)}`.trim());
  if (address === '/api/runs' && method === 'POST')
    return { status: 202, json: { runId: 'run-1', alreadyStarted: false } };
  if (address.endsWith('/cancel')) return { status: 202, json: { runId: 'run-1' } };
  if (address.startsWith('/api/runs?')) return { json: { runs: [runRecord([pipelineRecord()])], continuation: null } };
  if (address !== '/api/runs/run-1')
    return { status: 404, json: { code: 'run-not-found', detail: 'There is none.', fix: 'Look.' } };
  const underWay = { status: 'InProgress', endedAt: null } as const;
  return {
    json: first
      ? runRecord([pipelineRecord(underWay)], underWay)
      : runRecord([pipelineRecord({ lookups, rules })], { status }),
  };
});
beforeEach(() => {
  asked = [];
  status = 'Succeeded';
});
const run = (...args: string[]) => sluice([...args, '--url', url()]);

test('starts pipelines with what they are given, and follows them to their end', async () => {
  const given = ['-p', 'day=2001-01-01', '-p', 'n=7', '-p', 'zip=007', '-p', 'all=true', '--max-parallel', '2'];
  const { code, out, err } = await run('run', 'flights', '--with-dependencies', '--key', 'k', ...given);
  expect(code).toBe(0);
  expect(asked[0]).toBe(
    'POST /api/runs {"pipelines":["flights"],"withDependencies":true,"parameters":{"day":"2001-01-01","n":7,"zip":"007","all":true},"maxParallel":2,"idempotencyKey":"k"}',
  );
  expect(err).toContain('run-1 started\nflights       starting\nflights       succeeded');
  expect(out).toContain('flights   lookup(airports)   100       98        2      7 of 8');
  expect(out).toContain('flights   clock error    41');
});

test('ends with 1 when the run failed, and starts without waiting when asked to', async () => {
  status = 'Failed';
  expect((await run('run')).code).toBe(1);
  expect(asked[0]).toBe('POST /api/runs {}');
  asked = [];
  expect(await run('run', '--detach')).toEqual({ code: 0, out: 'run-1\n', err: '' });
  expect(asked).toHaveLength(1);
});

test('lists runs by a filter, and shows one as text or JSON', async () => {
  const { out } = await run('runs', '--pipeline', 'flights', '--status', 'Succeeded', '--limit', '5');
  expect(asked).toEqual(['GET /api/runs?status=Succeeded&pipeline=flights&limit=5']);
  expect(out.split('\n')[1]).toMatch(/^run-1 {2}Succeeded {2}\S+Z +1 min 05 s +0 +0 +0 +manual +flights$/);
  expect((await run('runs', 'run-1')).out).toContain('Run run-1: InProgress\n');
  expect(JSON.parse((await run('runs', 'run-1', '--json')).out)).toMatchObject({ runId: 'run-1' });
  expect(await run('runs', 'run-2')).toMatchObject({
    code: 1,
    err: expect.stringContaining('run-not-found') as string,
  });
});

test('cancels with a reason', async () => {
  expect(await run('cancel', 'run-1')).toMatchObject({ code: 2 });
  expect(await run('cancel', 'run-1', '--reason', 'wrong day')).toMatchObject({ code: 0 });
  expect(asked).toEqual(['POST /api/runs/run-1/cancel {"reason":"wrong day"}']);
});

test.each([
  [['run', '-p', 'day'], 'name=value'],
  [['run', '--max-parallel', 'two'], 'whole number'],
  [['runs', '--follow'], 'name the run'],
  [['runs', 'a', 'b'], 'one name too many'],
  [['cancel'], 'name the run'],
  [['cancel', 'a', 'b', '--reason', 'x'], 'one name too many'],
])('refuses %j', async (args, message) => {
  expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(message) as string });
  expect(asked).toEqual([]);
});
