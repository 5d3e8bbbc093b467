import type { ConnectionTest } from '../../../src/model/connection-test';
import { FakeOrchestrations } from './fake-orchestrations';
import { sendTo } from './send-to';
import { testServices } from './test-services';

test('what a driver repeats of a login is not shown, neither where a use fails nor where it throws', async () => {
  const made = await testServices();
  const said = 'tried postgres://loader:s3cret-word@db.test/shop';
  const testConnection = (name: string): Promise<ConnectionTest> =>
    name === 'landing'
      ? Promise.reject(new Error(said))
      : Promise.resolve({
          connection: name,
          kind: 'postgres',
          works: false,
          uses: [{ as: 'target', works: false, findings: [said], failure: null }],
        });
  const services = { ...made, testConnection };
  const { status, json } = await sendTo(services, new FakeOrchestrations(), 'api-health-details');
  expect(status).toBe(200);
  const messages = (json.findings as { area: string; message: string }[])
    .filter(({ area }) => area === 'connections')
    .map(({ message }) => message);
  expect(messages).toEqual(Array(2).fill('tried postgres://loader:***@db.test/shop'));
});
