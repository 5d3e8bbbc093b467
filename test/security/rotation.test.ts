import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startFakeIdentityEndpoint, type FakeIdentityEndpoint } from '../support/fake-identity-endpoint';
import { testServer } from '../support/postgres';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { startFakeVault, type FakeVault } from '../support/tls/fake-vault';

const CLIENT_ID = '11111111-2222-3333-4444-555555555555';
const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
  warehouse:
    kind: postgres
    host: \${env:WAREHOUSE_HOST}
    port: \${env:WAREHOUSE_PORT}
    database: \${env:WAREHOUSE_DATABASE}
    user: \${env:WAREHOUSE_USER}
    password: \${secret:warehouse-password}
    tls: 'off'
`;
const PIPELINE = `pipeline: orders
source: { connection: landing, files: orders/*.csv, incremental: { by: file }, columns: { id: integer } }
target: { connection: warehouse, table: sales.orders, writeDisposition: append }
retry: { maxAttempts: 2, firstDelay: 1s }
`;

/** The built app as it is deployed, with the managed identity and the vault of Azure behind their real addresses. */
describe('a password that is rotated while the app runs', () => {
  let app: SluiceApp;
  let vault: FakeVault;
  let identity: FakeIdentityEndpoint;
  let folder = '';
  let files = 0;
  const role = `rotated_${randomBytes(6).toString('hex')}`;
  const passwords = Array.from({ length: 3 }, () => randomBytes(12).toString('hex'));
  const [first = '', second = '', wrong = ''] = passwords;

  const admin = async (sql: string): Promise<void> => {
    const { host, port, user, password } = await testServer();
    const client = new Client({ host, port, user, password, database: 'postgres' });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  const run = async () => {
    files += 1;
    await app.land('landing', `orders/${files}.csv`, Buffer.from(`id\n${files}\n`));
    return app.ended(await app.start({ pipelines: ['orders'] }));
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-rotation-'));
    await writeFile(path.join(folder, 'connections.yaml'), CONNECTIONS);
    await writeFile(path.join(folder, 'orders.yaml'), PIPELINE);
    stops.push(() => rm(folder, { recursive: true, force: true }));
    vault = await startFakeVault();
    stops.push(() => vault.stop());
    identity = await startFakeIdentityEndpoint();
    stops.push(() => identity.stop());
    const authority = path.join(folder, 'authority.pem');
    await writeFile(authority, vault.authority);
    await admin(`CREATE ROLE ${role} LOGIN PASSWORD '${first}'`);
    stops.push(() => admin(`DROP ROLE ${role}`));
    vault.put('warehouse-password', { value: first, exp: Math.floor(Date.now() / 1000) + 5 * 86_400 });
    app = await startSluiceApp({
      pipelines: folder,
      env: {
        ...identity.env,
        SLUICE_MANAGED_IDENTITY_CLIENT_ID: CLIENT_ID,
        KEY_VAULT_URI: vault.uri,
        // What stands between the app and the vault is what may stand there in production too.
        HTTPS_PROXY: `${vault.proxy.host}:${vault.proxy.port}`,
        NO_PROXY: '127.0.0.1,localhost',
        NODE_EXTRA_CA_CERTS: authority,
        WAREHOUSE_USER: role,
        SLUICE_SECRET_WAREHOUSE_PASSWORD: '',
      },
    });
    stops.push(() => app.stop());
    await admin(`GRANT ALL ON DATABASE ${app.database.database} TO ${role}`);
  });
  const stops: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  it('is read by the user-assigned identity, and its end is known', async () => {
    expect(await run()).toMatchObject({ status: 'Succeeded', failure: null });
    expect(identity.asked.map((query) => [query.get('client_id'), query.get('resource')])).toEqual([
      [CLIENT_ID, 'https://vault.azure.net'],
    ]);
    expect(vault.asked).toEqual(['GET /secrets/warehouse-password/']);
    const log = await app.log();
    expect(log).toMatch(/"event":"secret-expiring".*"name":"warehouse-password".*"daysLeft":4/);
  });

  it('is taken up by the login that it failed: no restart, no run lost', async () => {
    await admin(`ALTER ROLE ${role} PASSWORD '${second}'`);
    vault.put('warehouse-password', second);
    expect(await run()).toMatchObject({ status: 'Succeeded', failure: null });
    expect(vault.asked).toHaveLength(2);
    expect(await app.log()).toMatch(/"event":"secret-renewed".*"name":"warehouse-password"/);
    expect(await run()).toMatchObject({ status: 'Succeeded' });
    expect(vault.asked).toHaveLength(2);
  });

  it('while the vault is away, runs go on', async () => {
    vault.fail({ status: 503 });
    expect(await run()).toMatchObject({ status: 'Succeeded' });
    // Nobody can say yet whether the password is wrong, so that it is tried again.
    await admin(`ALTER ROLE ${role} PASSWORD '${wrong}'`);
    expect(await run()).toMatchObject({ status: 'Failed', failure: { code: 'vault-unavailable' } });
    vault.fail(null);
    expect(await run()).toMatchObject({ status: 'Failed', failure: { code: 'authentication-failed' } });
    await admin(`ALTER ROLE ${role} PASSWORD '${second}'`);
    expect(await run()).toMatchObject({ status: 'Succeeded' });
  });

  it('stands in no line of the log', async () => {
    const log = await app.log();
    expect(log).toContain('authentication-failed');
    for (const password of passwords) expect(log).not.toContain(password);
  });
});
