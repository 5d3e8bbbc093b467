import path from 'node:path';
import type { Examination } from '../../src/model/diagnosis';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { sluice } from '../unit/cli/support/sluice';

/** What `sluice doctor` says of a whole app, of one with a wrong password, and of this machine with the same settings. */
describe('sluice doctor', () => {
  let app: SluiceApp;
  let url: string;
  beforeAll(async () => {
    app = await startSluiceApp();
    url = `${app.baseUrl}/api`;
    await app.land('landing', 'airports/none.csv', Buffer.from('iata\n'));
  });
  afterAll(() => app.stop());
  const failedIn = ({ findings }: Examination) =>
    findings.filter(({ status }) => status === 'failed').map(({ area, what }) => `${area}: ${what}`);

  test('an app that works tries everything from where it runs', async () => {
    const { status, json } = await app.request('GET', '/api/health/details');
    expect(status).toBe(200);
    const examination = json as Examination;
    expect(failedIn(examination)).toEqual([]);
    expect(examination.healthy).toBe(true);
    const areas = new Set(examination.findings.map(({ area }) => area));
    for (const area of [
      'settings',
      'storage',
      'clock',
      'secrets',
      'connections',
      'audit',
      'pipelines',
      'versions',
      'host.json',
    ])
      expect([...areas]).toContain(area);
    expect(JSON.stringify(examination)).not.toContain(app.database.password);
  });

  test('the command line asks it, knocks at its API, and sees that on somebody’s own machine it is open', async () => {
    const { code, out } = await sluice(['doctor', '--url', url]);
    expect(code).toBe(1);
    expect(out).toMatch(/exposure {2}FAILED {2}a caller without a key +is answered with 200\n +-> /);
    expect(out).toMatch(/Not healthy: \d+ work, 2 failed/);
  });

  test('with a wrong password the connection has failed, with what to do', async () => {
    await app.kill();
    await app.restart({ SLUICE_SECRET_WAREHOUSE_PASSWORD: 'not-the-password' });
    const { json } = await app.request('GET', '/api/health/details');
    const [finding] = (json as Examination).findings.filter(
      ({ area, status }) => area === 'connections' && status === 'failed',
    );
    expect(finding).toMatchObject({
      what: 'warehouse (postgres) as a target',
      message: expect.stringContaining('authentication-failed'),
      fix: expect.any(String),
    });
    expect(JSON.stringify(json)).not.toContain('not-the-password');
  });

  test('this machine, with the settings of the app', async () => {
    const env = {
      AzureWebJobsStorage: app.storage.connectionString,
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
      SLUICE_PIPELINES_FOLDER: app.pipelinesFolder,
      SLUICE_DATA_FOLDER: path.join(app.pipelinesFolder, 'no-such-folder'),
      WAREHOUSE_HOST: app.database.host,
      WAREHOUSE_PORT: String(app.database.port),
      WAREHOUSE_DATABASE: app.database.database,
      WAREHOUSE_USER: app.database.user,
      WAREHOUSE_TLS: 'off',
      SLUICE_SECRET_WAREHOUSE_PASSWORD: app.database.password,
    };
    const well = await sluice(['doctor', '--all'], { env });
    expect(well.out).toMatch(/storage +ok +write a blob in work +works\n/);
    expect(well).toMatchObject({ code: 0, out: expect.stringMatching(/\nHealthy: \d+ work, 0 failed/) });
    const ill = await sluice(['doctor', '--json'], { env: { ...env, SLUICE_ENGINE_SLOTS: '0', WAREHOUSE_PORT: '9' } });
    expect(ill.code).toBe(1);
    expect(failedIn(JSON.parse(ill.out) as Examination)).toEqual([
      'settings: app settings',
      'connections: warehouse (postgres) as a target',
    ]);
    expect(await sluice(['doctor', 'now'], { env })).toMatchObject({
      code: 2,
      err: expect.stringContaining("'now' is one name too many"),
    });
  });
});
