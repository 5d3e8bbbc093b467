import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createPlanFile, writePlanFile } from '../../../src/cli/plan-file';
import { useFakeApi } from './support/fake-api';
import { sluice } from './support/sluice';

const CONTENT = {
  pipeline: 'orders',
  environment: 'production',
  version: 'a'.repeat(64),
  parameters: { day: '2001-01-01' },
  slice: { digest: 'b'.repeat(64), what: '2 files' },
  target: null,
};
let asked: { url: string; body: unknown }[] = [];
let answer: { status: number; json: object };
const url = useFakeApi(({ url: address, body }) => {
  asked.push({ url: address, body });
  return answer;
});
let folder = '';
beforeEach(() => {
  asked = [];
  answer = { status: 202, json: { runId: 'run-1', alreadyStarted: false } };
  folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-plan-'));
  writePlanFile(path.join(folder, 'plan.json'), createPlanFile(CONTENT));
});
afterEach(() => rmSync(folder, { recursive: true }));
const apply = (...args: string[]) => sluice(['apply', ...args, '--url', url()], { workingFolder: folder });

test('asks for what was reviewed, under a key of the plan', async () => {
  const { hash, pipeline: _, parameters, ...reviewed } = createPlanFile(CONTENT);
  const done = await apply('plan.json', '--detach', '--confirm', 'orders');
  expect(done).toEqual({ code: 0, out: 'run-1 started\n', err: '' });
  const { format: _format, ...pinned } = reviewed;
  expect(asked).toEqual([
    {
      url: '/api/pipelines/orders/runs',
      body: { parameters, reviewed: pinned, idempotencyKey: `plan-${hash}`, confirm: ['orders'] },
    },
  ]);
});

test('a refusal of the app is told with its code', async () => {
  answer = { status: 409, json: { code: 'plan-outdated', detail: 'Another version.', fix: 'Plan again.' } };
  expect(await apply('plan.json', '--detach')).toEqual({
    code: 1,
    out: '',
    err: 'sluice apply: Another version. [plan-outdated]\nPlan again.\n',
  });
});

test.each([
  ['a file that is not there', ['none.json'], 'there is no file'],
  ['another hash', ['plan.json', '--hash', 'abcdef'], 'and not abcdef'],
  ['a hash too short to tell', ['plan.json', '--hash', 'a'], 'and not a'],
  ['no file', [], 'name the plan'],
])('%s is refused, and nothing is asked', async (_, args, message) => {
  expect(await apply(...args)).toMatchObject({ code: 2, err: expect.stringContaining(message) as string });
  expect(asked).toEqual([]);
});

test.each([
  ['no JSON', 'no', 'cannot be read as JSON'],
  ['null', 'null', 'is no plan'],
  ['another format', JSON.stringify({ format: 'x' }), 'is no plan'],
  ['an edited plan', JSON.stringify({ ...createPlanFile(CONTENT), environment: 'dev' }), 'was changed'],
  ['other parameters', JSON.stringify({ ...createPlanFile(CONTENT), parameters: {} }), 'was changed'],
])('%s is refused', async (_, text, message) => {
  writeFileSync(path.join(folder, 'plan.json'), text);
  expect(await apply('plan.json')).toMatchObject({ code: 2, err: expect.stringContaining(message) as string });
  expect(asked).toEqual([]);
});
