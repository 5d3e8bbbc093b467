import { connectionDependencies } from '../../../src/cli/preview-connections';
import { sluice } from './support/sluice';

const KEY = 'planted-function-key-77aa';

test.each(['http://app.example/api', 'http://127.example.com/api', 'app.example/api', 'ftp://localhost/api'])(
  'a key is not sent to %s',
  async (url) => {
    const { code, out, err } = await sluice(['runs', '--url', url], { env: { SLUICE_FUNCTION_KEY: KEY } });
    expect(code).toBe(1);
    expect(err).toContain('[unsafe-address]');
    expect(out + err).not.toContain(KEY);
  },
);

test('an address with a password in it is not repeated', async () => {
  const { err } = await sluice(['runs', '--url', `http://user:${KEY}@app.example/api?code=${KEY}`]);
  expect(err).toContain('[unsafe-address]');
  expect(err).not.toContain(KEY);
});

test('this machine needs no TLS', async () => {
  const { err } = await sluice(['runs', '--url', 'http://127.0.0.1:9/api']);
  expect(err).toContain('[app-unreachable]');
});

test.each(['http://vault.example', 'vault.example', 'http://127.0.0.1:1'])(
  'a vault is asked over TLS only: %s',
  (uri) => {
    expect(() => connectionDependencies({ KEY_VAULT_URI: uri })).toThrow(
      expect.objectContaining({ code: 'invalid-settings' }) as Error,
    );
  },
);
