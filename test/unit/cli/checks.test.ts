import { useFakeApi } from './support/fake-api';
import { sluice } from './support/sluice';

/** Answers as the API does; what it was asked stands in `asked`. */
const asked: { url: string | undefined; key: string | string[] | undefined }[] = [];
const check = (name: string, status: string, value?: number) => ({
  name,
  status,
  message: `${name}: said.`,
  evaluated: 4,
  failures: 1,
  value,
});
const point = ({ name: _, message: _message, ...rest }: ReturnType<typeof check>) => rest;

const url = useFakeApi(({ url: whole, headers }) => {
  asked.push({ url: whole, key: headers['x-functions-key'] });
  if (whole.startsWith('/api/pipelines/orders/checks')) {
    const [old, latest] = [check('anomaly(rowCount)', 'learning', 7), check('anomaly(rowCount)', 'failed', 3)];
    const rows = check('notNull(id)', 'quarantined');
    return {
      json: {
        pipeline: 'orders',
        runs: [
          { runId: 'run-2', at: '2026-01-02T00:00:00.000Z', verdict: 'failed' },
          { runId: 'run-1', at: '2026-01-01T00:00:00.000Z', verdict: 'passed' },
        ],
        trends: [
          { check: 'notNull(id)', points: [point(rows), point({ ...rows, status: 'passed' })] },
          { check: 'anomaly(rowCount)', points: [point(latest), point(old)] },
        ],
      },
    };
  }
  if (whole === '/api/pipelines/new/checks?') return { json: { pipeline: 'new', runs: [], trends: [] } };
  if (whole === '/api/runs/run-1/checks') {
    const checks = [check('rowCount', 'warned'), check('sum(v)', 'passed')];
    return {
      json: {
        runId: 'run-1',
        pipelines: [{ pipeline: 'orders', status: 'Succeeded', verdict: 'passed', checks }],
      },
    };
  }
  if (whole.startsWith('/api/locked')) return { status: 401 };
  return { status: 404, json: { code: 'unknown-pipeline', detail: "There is no pipeline 'x'.", fix: 'Look it up.' } };
});

test('shows a line for each check, and ends with 1 where the newest verdict is failed', async () => {
  const { code, out } = await sluice(['checks', 'orders', '--url', `${url()}/`, '--limit', '5', '--check', 'a b']);
  expect(code).toBe(1);
  expect(out).toBe(
    `orders: 2 runs, the newest run-2 of 2026-01-02T00:00:00.000Z, validation failed
  notNull(id)        q.  1 of 4 rows failed
  anomaly(rowCount)  Fl  3
  (newest first: . passed, w warned, q quarantined, F failed, l learning, - skipped)
`,
  );
  expect(asked.at(-1)).toEqual({ url: '/api/pipelines/orders/checks?limit=5&check=a+b', key: undefined });
});

test('shows every verdict of one run, or one check of it', async () => {
  const all = await sluice(['checks', 'orders', '--run', 'run-1', '--url', url()]);
  expect(all).toMatchObject({
    code: 0,
    out: 'orders in run-1: Succeeded, validation passed\n  warned  rowCount: said.\n  passed  sum(v): said.\n',
  });
  const one = await sluice(['checks', 'orders', '--run', 'run-1', '--check', 'sum(v)', '--json', '--url', url()]);
  expect(JSON.parse(one.out)).toMatchObject({ runId: 'run-1', pipeline: 'orders', checks: [{ name: 'sum(v)' }] });
});

test('sends the function key, and finds the app by its port', async () => {
  const env = { SLUICE_FUNCTION_KEY: 'k', SLUICE_PORT: new URL(url()).port };
  expect(await sluice(['checks', 'new'], { env })).toMatchObject({ code: 0, out: 'new: no run was validated yet.\n' });
  expect(asked.at(-1)?.key).toBe('k');
});

test.each([
  [['checks', 'x'], 1, "There is no pipeline 'x'. [unknown-pipeline]\nLook it up."],
  [['checks', 'other', '--run', 'run-1'], 2, "the run run-1 has no pipeline 'other', but orders"],
  [['checks'], 2, 'name the pipeline'],
  [['checks', 'a', 'b'], 2, "'b' is one name too many"],
  [['checks', 'a', '--what'], 2, "Unknown option '--what'"],
])('%j is refused', async (args, code, text) => {
  const answer = await sluice([...args, '--url', url()]);
  expect(answer).toMatchObject({ code, out: '' });
  expect(answer.err).toContain(text);
});

test('says what to do when nobody answers, when the key is wrong, and when it is no app', async () => {
  const nobody = await sluice(['checks', 'a', '--url', 'http://127.0.0.1:9/api']);
  expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('[app-unreachable]\nStart the app') });
  const locked = await sluice(['checks', 'a', '--url', `${url()}/locked`]);
  expect(locked).toMatchObject({ code: 1, err: expect.stringContaining('SLUICE_FUNCTION_KEY') });
});
