import { useFakeApi } from './support/fake-api';
import { sluice } from './support/sluice';

/** Answers as the API does; what it was asked stands in `asked`. */
let asked: { method: string | undefined; url: string | undefined; body: unknown }[] = [];
let decisions = { decided: 2, locked: 0, unreadable: 0, changed: 0 };
let polls = 0;
const listed = {
  batch: 'run-1.orders.transform.0.0',
  rows: 3,
  reasons: [{ reason: 'too-much', rows: 3 }],
  at: '2026-01-01T00:00:00.000Z',
};
const row = {
  row: '0-11',
  state: 'open',
  reasons: ['too-much'],
  raw: null,
  values: { id: '11', note: 'a b', city: null },
  edits: {},
  decision: null,
  reason: null,
  by: null,
};
const described = (decided: number, requested: object | null = null) => ({
  ...listed,
  counts: { open: 3 - decided, decided, discarded: 0, releasing: 0, released: 0 },
  review: { requested, runId: null, failure: null, closedAt: null },
});

const url = useFakeApi(({ method, url: whole, body }) => {
  asked.push({ method, url: whole, body });
  const address = whole.replace(/^\/api\/quarantine/, '');
  if (address.startsWith('?')) return { json: { batches: [listed] } };
  if (!address.startsWith('/run-1'))
    return { status: 404, json: { code: 'quarantine-not-found', detail: 'There is none.', fix: 'Look it up.' } };
  if (address.endsWith('/decisions')) return { json: decisions };
  if (address.endsWith('/release')) return { json: described(2, { by: 'me', at: 'now' }) };
  if (/rows\/0-11$/.test(address)) {
    const { values } = (body ?? {}) as { values?: object };
    const history = [{ at: 'then', by: 'me', state: 'open', decision: null, reason: 'mended', edits: {} }];
    return { json: { ...row, edits: values ?? {}, history } };
  }
  if (address.includes('/rows')) return { json: { rows: [row], continuation: '0-11' } };
  polls += 1;
  return { json: described(2, polls === 2 ? { by: 'me', at: 'now' } : null) };
});
beforeEach(() => {
  asked = [];
  polls = 0;
  decisions = { decided: 2, locked: 0, unreadable: 0, changed: 0 };
});

const run = (...args: string[]) => sluice(['quarantine', ...args, '--url', url()]);
const BATCH = listed.batch;

test('lists batches with their ids and reasons', async () => {
  expect(await run('list', '--pipeline', 'orders', '--run', 'run-1', '--limit', '5')).toEqual({
    code: 0,
    out: `${BATCH}  3 rows  2026-01-01T00:00:00.000Z\n  3  too-much\n`,
    err: '',
  });
  expect(asked[0]?.url).toBe('/api/quarantine?pipeline=orders&runId=run-1&limit=5');
  expect(JSON.parse((await run('list', '--json')).out)).toEqual({ batches: [listed] });
});

test('shows a page of rows, by a filter', async () => {
  const { code, out } = await run('show', BATCH, '--failed', 'too-much', '--limit', '1', '--after', '0-10');
  expect(code).toBe(0);
  expect(out).toBe(`${BATCH}: 3 rows, 1 open, 2 decided
  3  too-much

0-11  open  too-much
    id=11  note="a b"  city=null

There may be more: --after 0-11
`);
  expect(asked[0]?.url).toBe(`/api/quarantine/${BATCH}/rows?reason=too-much&limit=1&continuation=0-10`);
});

test('shows one row with its history', async () => {
  const { out } = await run('show', BATCH, '0-11');
  expect(out).toContain('  history\n    then  me  edited, open: mended\n');
});

test('edits a row, or says what it would do', async () => {
  const { code, out } = await run('edit', BATCH, '0-11', 'id=14', 'note=a=b', '--null', 'city', '--reason', 'mended');
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringContaining('id=11 → 14  note="a b" → "a=b"') as string,
  });
  expect(asked[0]).toMatchObject({
    method: 'PATCH',
    body: { values: { id: '14', note: 'a=b', city: null }, reason: 'mended' },
  });
  const dry = await run('edit', BATCH, '0-11', 'id=14', '--reason', 'mended', '--dry-run');
  expect(dry.out).toContain('1 row would be edited; nothing was changed.');
  expect(asked[1]).toMatchObject({ body: { dryRun: true } });
});

test.each([
  [['approve', BATCH, '0-11', '0-12', '--waiver', 'w'], { decision: 'approve', reason: 'w', rows: ['0-11', '0-12'] }],
  [
    ['retry', BATCH, '--failed', 'too-much', '--reason', 'r'],
    { decision: 'retry', reason: 'r', filter: { state: 'open', reason: 'too-much' } },
  ],
  [
    ['discard', BATCH, '--column', 'city', '--null', '--state', 'decided', '--reason', 'r'],
    { decision: 'discard', reason: 'r', filter: { state: 'decided', column: 'city', value: null } },
  ],
  [
    ['discard', BATCH, '--all', '--reason', 'r', '--dry-run'],
    { decision: 'discard', reason: 'r', filter: { state: 'open' }, dryRun: true },
  ],
])('%j decides', async (args, body) => {
  expect(await run(...args)).toMatchObject({ code: 0, err: '' });
  expect(asked).toEqual([{ method: 'POST', url: `/api/quarantine/${BATCH}/decisions`, body }]);
});

test('says how many rows a decision concerns, and what to do about the rest', async () => {
  decisions = { decided: 2, locked: 1, unreadable: 1, changed: 1 };
  expect(await run('retry', BATCH, '--all', '--reason', 'r')).toEqual({
    code: 1,
    out: `5 rows concerned: 2 to be retried.
1 released already: nothing can be changed about them any more.
1 could not be parsed: edit them first (sluice quarantine edit).
1 decided by somebody else at the same moment: look at them and decide again.
Load them: sluice quarantine release <batch>.
`,
    err: '',
  });
  decisions = { decided: 2, locked: 0, unreadable: 0, changed: 0 };
  const dry = await run('approve', BATCH, '--all', '--waiver', 'w', '--dry-run');
  expect(dry.out).toBe('2 rows concerned: 2 would be approved.\nNothing was changed.\n');
});

test('releases, and waits until that is done', async () => {
  const dry = await run('release', BATCH, '--dry-run');
  expect(dry.out).toBe('2 rows concerned: would be released.\nNothing was changed.\n');
  expect(asked.map(({ method }) => method)).toEqual(['GET']);
  asked = [];
  polls = 0;
  const done = await run('release', BATCH, '--wait', '--reason', 'Monday');
  expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/^2 rows concerned\.\n/) as string });
  expect(asked.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'GET']);
  expect(asked[1]?.body).toEqual({ reason: 'Monday' });
});

test.each([
  [[], 'say what to do: list, show'],
  [['aprove'], "Did you mean 'approve'?"],
  [['show'], 'sluice quarantine list shows them'],
  [['show', BATCH, '--reason', 'x'], '--failed <reason>'],
  [['edit', BATCH, 'id=1'], 'name the row'],
  [['edit', BATCH, '0-1', '--reason', 'x'], 'give new values'],
  [['edit', BATCH, '0-1', 'id', '--reason', 'x'], 'write column=value'],
  [['edit', BATCH, '0-1', 'id=1'], '--reason <text>'],
  [['approve', BATCH, '0-1'], '--waiver <text>'],
  [['approve', BATCH, '0-1', '--reason', 'x'], 'in place of --reason'],
  [['discard', BATCH, '0-1'], '--reason <text>'],
  [['discard', BATCH, '--reason', 'x'], 'or --all'],
  [['discard', BATCH, '0-1', '--all', '--reason', 'x'], 'or --all'],
  [['retry', BATCH, '--value', 'x', '--reason', 'x'], '--column <name>'],
  [['retry', BATCH, '--column', 'x', '--reason', 'x'], '--value <text>, or --null'],
])('%j is wrong use, and the message names the fix', async (args, message) => {
  const { code, out, err } = await run(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
  expect(asked).toEqual([]);
});

test('passes on what the app says of a batch that does not exist', async () => {
  expect(await run('show', 'nothing')).toEqual({
    code: 1,
    out: '',
    err: 'sluice quarantine: There is none. [quarantine-not-found]\nLook it up.\n',
  });
});

test('has help', async () => {
  expect((await sluice(['quarantine', '--help'])).out).toMatch(/^sluice quarantine <action>/);
});
