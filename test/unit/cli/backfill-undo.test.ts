import { useFakeApi } from './support/fake-api';
import { sluice } from './support/sluice';

/** Answers as the API does; what it was asked stands in `asked`. What is waited for is there at the second look. */
let asked: { method: string; url: string; body: unknown }[] = [];
let failed = false;
const FAILURE = { code: 'undo-not-possible', message: 'Load 2 came after load 1.', nextAction: 'Undo that first.' };
const WINDOWS = [
  { from: '2024-01-01', to: '2024-01-02', runId: 'run-1', status: 'Succeeded', rows: 5 },
  { from: '2024-01-02', to: '2024-01-03', runId: null, status: 'Skipped', rows: 0 },
];

const url = useFakeApi(({ method, url: address, body }) => {
  const again = asked.some((one) => one.method === 'GET' && one.url === address);
  asked.push({ method, url: address, body });
  if (address.endsWith('/backfills')) return { status: 202, json: { backfill: 'bf-1', windows: 2 } };
  if (address === '/api/backfills/bf-1') {
    const status = again ? (failed ? 'Failed' : 'Succeeded') : 'InProgress';
    return { json: { status, failure: failed && again ? { message: 'A window failed.' } : null, windows: WINDOWS } };
  }
  const undone = [{ pipeline: 'orders', of: 1, load: 3, removed: 2, restored: 1 }];
  const end = failed
    ? { status: 'Failed', undone: [], failure: FAILURE }
    : { status: 'Succeeded', undone, failure: null };
  return { json: { undo: { end: again ? end : null } } };
});
beforeEach(() => {
  asked = [];
  failed = false;
});
const run = (...args: string[]) => sluice([...args, '--url', url()]);
const SPAN = ['--from', '2024-01-01', '--to', '7', '--window', '1d', '--reason', 'the discount was wrong'];

test('starts a backfill with what it is given, and waits for its windows', async () => {
  expect(await run('backfill', 'orders', ...SPAN, '--max-parallel', '2', '-p', 'n=7', '--force')).toEqual({
    code: 0,
    err: 'bf-1 started: 2 windows\n',
    out: `bf-1: Succeeded
  2024-01-01 to below 2024-01-02  Succeeded  5 rows  run-1
  2024-01-02 to below 2024-01-03  Skipped  0 rows
`,
  });
  expect(asked[0]).toEqual({
    method: 'POST',
    url: '/api/pipelines/orders/backfills',
    body: {
      from: '2024-01-01',
      to: 7,
      window: '1d',
      reason: 'the discount was wrong',
      maxParallel: 2,
      stopOnFailure: false,
      force: true,
      parameters: { n: 7 },
    },
  });
  expect(asked.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
});

test('ends with 1 and the reason where a window failed, and only starts when asked to', async () => {
  failed = true;
  const { code, out } = await run('backfill', 'orders', ...SPAN);
  expect({ code, last: out.trimEnd().split('\n').at(-1) }).toEqual({ code: 1, last: '  A window failed.' });
  asked = [];
  expect(await run('backfill', 'orders', ...SPAN, '--detach')).toMatchObject({ code: 0, out: 'bf-1\n' });
  expect(asked).toHaveLength(1);
});

test('takes a run back and says what became of it', async () => {
  expect(await run('undo', 'run-1', '--reason', 'wrong file')).toEqual({
    code: 0,
    err: '',
    out: 'orders: load 1 was taken back: 2 rows taken out, 1 put back. It is paused: sluice resume orders ends that.\n',
  });
  expect(asked[0]).toEqual({ method: 'POST', url: '/api/runs/run-1/undo', body: { reason: 'wrong file' } });
});

test('a refused undo ends with 1, the reason and what to do; without waiting it says where to look', async () => {
  failed = true;
  expect(await run('undo', 'run-1', '--reason', 'wrong file')).toEqual({
    code: 1,
    out: '',
    err: 'Load 2 came after load 1. [undo-not-possible]\nUndo that first.\n',
  });
  const detached = await run('undo', 'run-1', '--reason', 'wrong file', '--detach');
  expect(detached).toMatchObject({ code: 0, out: expect.stringContaining('sluice runs run-1 --json') as string });
});

test.each([
  [['backfill'], 'name the pipeline'],
  [['backfill', 'a', 'b', ...SPAN], 'one name too many'],
  [['backfill', 'a', ...SPAN.slice(2)], '--from is needed'],
  [['backfill', 'a', ...SPAN.slice(0, 6), '--reason', ' '], '--reason is needed'],
  [['backfill', 'a', ...SPAN, '--max-parallel', 'two'], 'whole number from 1 to 16'],
  [['undo'], 'name the run'],
  [['undo', 'run-1'], 'say why with --reason'],
])('refuses %j', async (args, message) => {
  expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(message) as string });
  expect(asked).toEqual([]);
});
