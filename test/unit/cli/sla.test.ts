import { useFakeApi } from './support/fake-api';
import { sluice } from './support/sluice';

const standing = (state: string) => ({
  objective: 'doneBy',
  state,
  dueAt: '2026-01-02T05:00:00.000Z',
  runId: null,
  forecast: null,
  message: 'due at 2026-01-02 05:00 UTC',
});
let state = 'met';
const url = useFakeApi(({ url: asked }) => {
  const objectives = [standing(state)];
  if (asked === '/api/slas') {
    return { json: { slas: [{ pipeline: 'orders', objectives, recent: { met: 29, missed: 1 } }] } };
  }
  if (asked === '/api/pipelines/orders/sla?limit=2') {
    const met = {
      objective: 'doneBy',
      dueAt: '2026-01-01T05:00:00.000Z',
      status: 'met',
      runId: 'run-1',
      doneAt: '2026-01-01T04:30:00.000Z',
    };
    return {
      json: { pipeline: 'orders', objectives, history: [met, { ...met, status: 'missed', runId: null, doneAt: null }] },
    };
  }
  return { status: 404, json: { code: 'unknown-pipeline', detail: 'no', fix: 'x' } };
});

test('lists what is promised, and ends with 1 where something is at risk', async () => {
  state = 'met';
  expect(await sluice(['sla', '--url', url()])).toMatchObject({ code: 0 });
  state = 'atRisk';
  const { code, out } = await sluice(['sla', '--url', url()]);
  expect(code).toBe(1);
  expect(out).toContain('orders    doneBy     at risk  2026-01-02T05:00Z  29 of 30 met');
  expect(out).toContain('orders, doneBy: due at 2026-01-02 05:00 UTC.');
});

test('shows the due times of one', async () => {
  state = 'met';
  const { code, out } = await sluice(['sla', 'orders', '--limit', '2', '--url', url()]);
  expect(code).toBe(0);
  expect(out).toBe(`orders
doneBy: met; due at 2026-01-02 05:00 UTC.

Due                Objective  Verdict  Done               Run
2026-01-01T05:00Z  doneBy     met      2026-01-01T04:30Z  run-1
2026-01-01T05:00Z  doneBy     missed
`);
  expect(await sluice(['sla', 'a', 'b', '--url', url()])).toMatchObject({ code: 2 });
});
