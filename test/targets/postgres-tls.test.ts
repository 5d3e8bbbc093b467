import { postgresConnection } from '../../src/config/schema/connection';
import { postgresCredentials } from '../../src/connectors/postgres/postgres-credentials';
import { withPostgres } from '../../src/connectors/postgres/postgres-session';
import { createSecretResolver } from '../../src/platform/secrets/create-secret-resolver';
import { testAuthority } from '../support/tls/certificates';
import { PKCS12_CLIENT } from '../support/tls/pkcs12-client';
import { startTlsPostgres, type TlsPostgres } from '../support/tls/tls-postgres';

let server: TlsPostgres;
beforeAll(async () => {
  server = await startTlsPostgres([PKCS12_CLIENT.cert]);
  await server.query(`CREATE ROLE reader LOGIN PASSWORD 'first'`);
  await server.query('CREATE ROLE cert_reader LOGIN');
  await server.query(`CREATE ROLE "${PKCS12_CLIENT.name}" LOGIN PASSWORD 'p12'`);
});
afterAll(() => server.stop());

/** Settings of a machine of one's own, as secrets; a test changes them as somebody who rotates them would. */
const settings: Record<string, string> = {};
const secret = (name: string, value: string): void => {
  settings[`SLUICE_SECRET_${name.toUpperCase().replaceAll('-', '_')}`] = value;
};

function session(config: object) {
  const secrets = createSecretResolver({ env: settings, keyVaultUri: null });
  const parsed = postgresConnection.parse({
    kind: 'postgres',
    host: 'localhost',
    port: server.port,
    database: server.database,
    user: 'reader',
    ...config,
  });
  const credentials = postgresCredentials(parsed, { secrets });
  return () =>
    withPostgres(parsed, credentials, 'warehouse', async ({ rows }) => {
      const [found] = await rows<{ role: string; ssl: boolean; client: string | null }>(
        'SELECT current_user::text AS role, ssl, client_dn AS client FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      );
      return found;
    });
}

beforeEach(() => {
  secret('pw', 'first');
  secret('root', server.authority.cert);
});
const password = { password: '${secret:pw}' };
const root = { rootCertificate: '${certificate:root}' };

describe('who the server is', () => {
  test('an authority of one’s own is trusted where it is named, and nowhere else', async () => {
    expect(await session({ ...password, ...root })()).toMatchObject({ role: 'reader', ssl: true });
    await expect(session(password)()).rejects.toMatchObject({ code: 'tls-failed', class: 'persistent' });
    secret('root', testAuthority('Authority of the server').cert);
    await expect(session({ ...password, ...root })()).rejects.toMatchObject({ code: 'tls-failed' });
  });

  test('a certificate for another name is refused', async () => {
    const elsewhere = { ...password, ...root, host: '127.0.0.1' };
    await expect(session(elsewhere)()).rejects.toMatchObject({ code: 'tls-failed' });
  });

  test('require encrypts and asks nothing', async () => {
    const config = { ...password, tls: 'require', host: '127.0.0.1', tlsReason: 'the test says so' };
    expect(await session(config)()).toMatchObject({ ssl: true });
  });

  test('an authority that changed is fetched anew once', async () => {
    const open = session({ ...password, ...root });
    const right = settings['SLUICE_SECRET_ROOT'] ?? '';
    secret('root', testAuthority().cert);
    await expect(open()).rejects.toMatchObject({ code: 'tls-failed' });
    secret('root', right);
    expect(await open()).toMatchObject({ ssl: true });
  });

  test('off never leaves this machine, whatever the files say', async () => {
    await expect(session({ ...password, tls: 'off', host: 'db.example' })()).rejects.toMatchObject({
      code: 'tls-required',
    });
  });
});

describe('who we are', () => {
  test('a certificate with its key logs in without a password, and the server sees whose it is', async () => {
    const { cert, key } = server.authority.issue({ names: ['cert_reader'] });
    secret('client', key + cert);
    const config = { ...root, user: 'cert_reader', clientCertificate: '${certificate:client}' };
    expect(await session(config)()).toMatchObject({ role: 'cert_reader', client: '/CN=cert_reader' });
  });

  test('a certificate as the vault hands it out, PKCS#12', async () => {
    secret('client', PKCS12_CLIENT.pkcs12);
    secret('pw', 'p12');
    const config = { ...root, ...password, user: PKCS12_CLIENT.name, clientCertificate: '${certificate:client}' };
    expect(await session(config)()).toMatchObject({ client: `/CN=${PKCS12_CLIENT.name}` });
  });

  test('one of somebody else is refused', async () => {
    const { cert, key } = server.authority.issue({ names: ['cert_other'] });
    secret('client', key + cert);
    const config = { ...root, user: 'cert_reader', clientCertificate: '${certificate:client}' };
    await expect(session(config)()).rejects.toMatchObject({ code: 'authentication-failed' });
  });

  test.each([
    ['text', 'neither PEM nor PKCS#12'],
    ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'no certificate'],
  ])('what is no certificate is said to be none, and is not repeated: %s', async (value, reason) => {
    secret('client', value);
    const config = { ...root, user: 'cert_reader', clientCertificate: '${certificate:client}' };
    const error = await session(config)().catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'certificate-invalid', message: expect.stringContaining(reason) });
    expect((error as Error).message).not.toContain(value);
  });

  test('a certificate without its key, with another’s key, or that is over', async () => {
    const { cert, key } = server.authority.issue({ names: ['cert_reader'] });
    const old = server.authority.issue({ names: ['cert_reader'], days: -1 });
    const config = { ...root, user: 'cert_reader', clientCertificate: '${certificate:client}' };
    for (const [value, reason] of [
      [cert, 'no private key'],
      [key + server.authority.issue({ names: ['x'] }).cert, 'not the one of its first certificate'],
      [old.key + old.cert, 'it was valid until'],
    ] as const) {
      secret('client', value);
      await expect(session(config)()).rejects.toThrow(reason);
    }
  });
});

describe('rotation', () => {
  const open = () => session({ ...password, ...root });
  const rotate = (to: string) => server.query(`ALTER ROLE reader PASSWORD '${to}'`);
  const refusals = async (work: () => Promise<unknown>): Promise<number> => {
    const count = async () => (await server.log()).split('password authentication failed').length;
    const before = await count();
    await work();
    return (await count()) - before;
  };
  afterEach(() => rotate('first'));

  test('a password that was changed is fetched anew, by the login that it failed', async () => {
    const rows = open();
    await rows();
    await rotate('second');
    secret('pw', 'second');
    expect(await refusals(() => Promise.all([rows(), rows(), rows()]))).toBe(3);
    expect(await refusals(rows)).toBe(0);
  });

  test('one that is wrong is not sent twice', async () => {
    secret('pw', 'wrong');
    const rows = open();
    expect(await refusals(() => expect(rows()).rejects.toMatchObject({ code: 'authentication-failed' }))).toBe(1);
  });

  test('a certificate that was replaced is shown by the next login', async () => {
    const { cert, key } = server.authority.issue({ names: ['cert_other'] });
    secret('client', key + cert);
    const rows = session({ ...root, user: 'cert_reader', clientCertificate: '${certificate:client}' });
    await expect(rows()).rejects.toMatchObject({ code: 'authentication-failed' });
    const next = server.authority.issue({ names: ['cert_reader'] });
    secret('client', next.key + next.cert);
    expect(await rows()).toMatchObject({ client: '/CN=cert_reader' });
  });
});
