import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { httpConnection } from '../../src/config/schema/connection';
import { certifiedFetch } from '../../src/connectors/sources/http/certified-fetch';
import { HttpClient } from '../../src/connectors/sources/http/http-client';
import { createSecretResolver } from '../../src/platform/secrets/create-secret-resolver';
import { testAuthority } from '../support/tls/certificates';

const authority = testAuthority();
let server: Server;
let base = '';
let clients: string[] = [];
beforeAll(async () => {
  const options = { ...authority.issue({ names: ['localhost'] }), ca: authority.cert, requestCert: true };
  server = createServer(options, (request, response) => {
    const name = (request.socket as TLSSocket).getPeerCertificate().subject?.CN;
    clients.push(String(name));
    if (request.url === '/empty') response.writeHead(204).end();
    else if (request.url === '/moved') response.writeHead(302, { location: '/items' }).end();
    else
      response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] }).end('[{"id":1}]');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
});

const settings: Record<string, string> = {};
beforeEach(() => {
  clients = [];
  const { cert, key } = authority.issue({ names: ['sluice'] });
  Object.assign(settings, { SLUICE_SECRET_ROOT: authority.cert, SLUICE_SECRET_CLIENT: key + cert });
});

function client(more: object = {}): HttpClient {
  const config = httpConnection.parse({
    kind: 'http',
    baseUrl: base,
    clientCertificate: '${certificate:client}',
    rootCertificate: '${certificate:root}',
    ...more,
  });
  const secrets = createSecretResolver({ env: settings, keyVaultUri: null });
  const deps = {
    secret: (name: string) => secrets.get(name),
    renewedSecret: (name: string, refused: string) => secrets.renewed(name, refused),
    identityToken: async () => 'token',
    fetch,
    certifiedFetch: certifiedFetch(config, secrets),
    now: Date.now,
  };
  return new HttpClient({ config, connection: 'bank', deps });
}
const get = async (from: HttpClient, path = 'items') => (await from.get(from.address(path))).body.toString();

test('the certificate is shown, and the authority is trusted, to the host of the connection', async () => {
  const bank = client();
  expect(await get(bank)).toBe('[{"id":1}]');
  expect(await get(bank, 'moved')).toBe('[{"id":1}]');
  expect(await get(bank, 'empty')).toBe('');
  expect(clients).toEqual(['sluice', 'sluice', 'sluice', 'sluice']);
});

test('without the authority, or with another, the server is not believed', async () => {
  await expect(get(client({ rootCertificate: undefined }))).rejects.toMatchObject({ code: 'tls-failed' });
  settings['SLUICE_SECRET_ROOT'] = testAuthority().cert;
  await expect(get(client())).rejects.toMatchObject({ code: 'tls-failed', class: 'persistent' });
  await expect(get(client({ clientCertificate: undefined, rootCertificate: undefined }))).rejects.toMatchObject({
    code: 'tls-failed',
  });
  expect(clients).toEqual([]);
});

test('a certificate that was replaced is shown by the next request, without a restart', async () => {
  const bank = client();
  const wrong = settings['SLUICE_SECRET_ROOT'] ?? '';
  settings['SLUICE_SECRET_ROOT'] = testAuthority().cert;
  await expect(get(bank)).rejects.toMatchObject({ code: 'tls-failed' });
  settings['SLUICE_SECRET_ROOT'] = wrong;
  expect(await get(bank)).toBe('[{"id":1}]');
});

test('a certificate without its key is said to be so before anything is sent', async () => {
  settings['SLUICE_SECRET_CLIENT'] = authority.issue({ names: ['sluice'] }).cert;
  await expect(get(client())).rejects.toMatchObject({ code: 'certificate-invalid' });
  expect(clients).toEqual([]);
});
