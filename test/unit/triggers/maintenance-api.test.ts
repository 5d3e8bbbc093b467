import { FakeOrchestrations } from './fake-orchestrations';
import { sendTo } from './send-to';
import { testServices, type TestServices } from './test-services';

let services: TestServices;
let durable: FakeOrchestrations;
beforeEach(async () => {
  services = await testServices();
  durable = new FakeOrchestrations();
});

const ask = (body: object) =>
  sendTo(services, durable, 'api-start-maintenance', { body, headers: { 'x-correlation-id': 'c-1' } });
const audited = () => services.stores.audit.list({ day: '2026-01-01', limit: 100 });

test('a maintenance that deletes stands in the audit trail, by whom; a dry run changes nothing and does not', async () => {
  expect(await ask({})).toMatchObject({ status: 202, json: { dryRun: true } });
  expect(await audited()).toEqual([]);
  expect(await ask({ dryRun: false })).toMatchObject({ status: 202, json: { id: 'maintenance', started: true } });
  expect(await audited()).toEqual([
    {
      at: '2026-01-01T10:00:00.000Z',
      action: 'maintenance-requested',
      by: 'local:ann',
      subject: 'maintenance',
      detail: { started: true },
      correlationId: 'c-1',
    },
  ]);
});
