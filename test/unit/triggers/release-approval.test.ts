import { takeDecided } from '../../../src/durable/activities/review/take-decided';
import type { ApprovalRequest } from '../../../src/model/approval';
import { untouched } from '../../../src/model/quarantine-review';
import { releaseIdOf } from '../../../src/state/keys';
import { carryOut } from '../../../src/triggers/approvals/carry-out';
import { decidedRows } from '../../../src/triggers/review/request-release';
import { FakeOrchestrations } from './fake-orchestrations';
import { testServices, type TestServices } from './test-services';

const batch = 'run.orders.transform.0.0';
let services: TestServices;
let durable: FakeOrchestrations;
beforeEach(async () => {
  services = await testServices();
  durable = new FakeOrchestrations();
  for (const row of [1, 2]) await decide(row);
});

async function decide(row: number, edits: Record<string, string> = {}): Promise<void> {
  const known = await services.stores.reviews.row(batch, { file: 0, row });
  const before = known?.value ?? untouched({ file: 0, row });
  const next = { ...before, state: 'decided', decision: 'approve', edits, version: before.version + 1 } as const;
  expect(await services.stores.reviews.saveRow(batch, next, known?.etag ?? null)).toBe(true);
}
async function asked(): Promise<ApprovalRequest> {
  const action = { kind: 'release', batch, ...(await decidedRows(services, batch)) } as const;
  const at = services.clock.now();
  const about = { requestedAt: at, deadlineAt: at, reason: 'fine', summary: 's', correlationId: 'c' };
  return { id: 'ap-1', action, environment: 'local', requester: 'ann', ...about };
}
const approve = (request: ApprovalRequest) => carryOut(services, durable.client, request, 'bob');
const requested = async () => (await services.stores.reviews.batch(batch)).value.requested;

test('what is released is what was looked at: rows edited or decided anew since make it outdated', async () => {
  const request = await asked();
  await decide(2, { amount: '1000000' });
  await expect(approve(request)).rejects.toMatchObject({ code: 'approval-outdated' });
  expect(await requested()).toBeNull();
  expect(await approve(await asked())).toEqual({ batch, rows: 2 });
  // However many are decided until it takes them.
  expect(await requested()).toMatchObject({ id: 'ap-1', by: 'ann', most: 2 });
});

test('carried out again, by an attempt after one that died, it is the same release, at whatever point that is', async () => {
  const request = await asked();
  await approve(request);
  expect(await approve(request)).toEqual({ batch, rows: 2 });
  const taken = await takeDecided(services.stores.reviews, batch, releaseIdOf(batch, 'ap-1'), 2);
  expect(taken).toHaveLength(2);
  expect(await approve(request)).toEqual({ batch, rows: 2 });
  // It has ended, and somebody has decided another row since.
  const { value, etag } = await services.stores.reviews.batch(batch);
  await services.stores.reviews.saveBatch(batch, { ...value, requested: null }, etag);
  await decide(3);
  expect(await approve(request)).toEqual({ batch, rows: 2 });
  expect(await requested()).toBeNull();
});
