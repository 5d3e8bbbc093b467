import { createServer, type AddressInfo, type Server } from 'node:net';
import path from 'node:path';
import { testStorage } from '../../support/azurite';
import { send } from './http-client';
import { dataFolder, runHostCommand, startHostProcess } from './host-process';

const app = (name: string) => path.join(__dirname, '../fixtures/apps', name);

describe('sluice-host', () => {
  let data: Awaited<ReturnType<typeof dataFolder>>;
  let env: Record<string, string>;

  beforeAll(async () => {
    data = await dataFolder();
    env = { AzureWebJobsStorage: (await testStorage()).connectionString };
  });
  afterAll(() => data.remove());

  const run = (...args: string[]) => runHostCommand([...args, '--data', data.folder], env);

  it('shows its options', async () => {
    const { code, output } = await runHostCommand(['--help']);
    expect(code).toBe(0);
    for (const option of ['--app', '--port', '--data', '--azurite-port-base', '--verbose'])
      expect(output).toContain(option);
  });

  it.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--port', 'x'], '--port x is no port.'],
    [['--port', '65536'], '--port 65536 is no port.'],
  ])('refuses %p with exit code 2', async (args, message) => {
    const { code, output } = await runHostCommand(args);
    expect(code).toBe(2);
    expect(output).toContain(message);
  });

  it.each([
    ['no-main', 'has no "main"', 'Add "main"'],
    ['no-file', 'No file matches "main": "dist/*.js"', 'Build the app first'],
    ['broken', 'Error: thrown while loading', 'index.js:2'],
    ['..', 'it has no host.json', '--app <folder>'],
  ])('says what is wrong with the app %p, with exit code 1', async (name, message, more) => {
    const { code, output } = await run('--app', app(name), '--port', '0');
    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(output).toContain(more);
  });

  describe('with a port in use', () => {
    let server: Server;
    let port: number;
    beforeAll(async () => {
      server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ({ port } = server.address() as AddressInfo);
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    it('says which port of its own it is, and how to choose another', async () => {
      const { code, output } = await run('--app', app('http'), '--port', String(port));
      expect(code).toBe(1);
      expect(output).toContain(`Port ${port} on 127.0.0.1, needed by the Functions host, is in use`);
      expect(output).toContain('--port <port>');
    });

    it('says which port of Azurite it is, and how to choose another', async () => {
      env = { AzureWebJobsStorage: 'UseDevelopmentStorage=true' };
      const args = ['--app', app('http'), '--port', '0', '--azurite-port-base', String(port)];
      const { code, output } = await run(...args);
      expect(code).toBe(1);
      expect(output).toContain(`Port ${port} on 127.0.0.1, needed by Azurite (blob service), is in use`);
      expect(output).toContain('--azurite-port-base <port>');
    });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends in order on %s', async (signal) => {
    const host = await startHostProcess({ app: app('http') });
    expect((await send(host.baseUrl, 'GET', '/v1/things/answers/empty')).status).toBe(200);
    expect(await host.end(signal)).toBe(0);
    expect(host.output()).toContain('Stopping');
  });

  it('takes a signal that comes twice at once, from terminal and parent, for one', async () => {
    const host = await startHostProcess({ app: app('http') });
    process.kill(host.pid, 'SIGINT');
    expect(await host.end('SIGINT')).toBe(0);
  });

  it('shows debug lines with --verbose', async () => {
    const host = await startHostProcess({ app: app('http'), args: ['--verbose'] });
    await send(host.baseUrl, 'GET', '/v1/things/logs');
    await host.end();
    expect(host.output()).toContain('debug [logs] a debug line');
  });

  it('refuses a data folder that another host uses, and takes over that of a killed one', async () => {
    const first = await startHostProcess({ app: app('http'), dataFolder: data.folder });
    env = { AzureWebJobsStorage: (await testStorage()).connectionString };
    const { code, output } = await run('--app', app('http'), '--port', '0');
    expect(code).toBe(1);
    expect(output).toContain(`Another embedded host (process ${first.pid}) uses the data folder ${data.folder}.`);
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    const second = await startHostProcess({ app: app('http'), dataFolder: data.folder });
    expect(await second.end()).toBe(0);
  });
});
