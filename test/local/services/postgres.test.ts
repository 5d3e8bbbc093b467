import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { PortInUseError } from '../../../src/local/services/port-in-use-error';
import { choosePostgresHome } from '../../../src/local/services/postgres-account';
import { removePostgres, startPostgres, type RunningPostgres } from '../../../src/local/services/postgres';
import { isRunning } from '../../../src/local/services/process-command';

async function query<T>(server: RunningPostgres, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: server.connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await sleep(20);
}

describe('startPostgres', () => {
  let folder: string;

  // One cluster for the file, since making one takes longer than everything else; each test starts its own server.
  beforeAll(async () => {
    // The space stands for every path that a careless quoting would break; mkdtemp makes it 0700, closed to others.
    folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'sluice postgres ')), 'cluster');
  });

  afterEach(async () => {
    const left = await startPostgres({ folder, port: 0, durable: false });
    await left.stop();
  });

  afterAll(async () => {
    await removePostgres(folder);
    await rm(path.dirname(folder), { recursive: true });
  });

  it('keeps the data and the password from start to start', async () => {
    const first = await startPostgres({ folder, port: 0, durable: false });
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);
    const second = await startPostgres({ folder, port: 0, durable: false });
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(second.password).toBe(first.password);
    const { folder: home } = await choosePostgresHome(folder);
    expect((await stat(path.join(home, 'password'))).mode & 0o777).toBe(0o600);
    await second.stop();
  });

  it('never runs as root and listens on 127.0.0.1 alone', async () => {
    const server = await startPostgres({ folder, port: 0, durable: false });
    const settings = await query<{ listen: string; sockets: string; version: number }>(
      server,
      `SELECT current_setting('listen_addresses') AS listen, current_setting('unix_socket_directories') AS sockets,
              current_setting('server_version_num')::int / 10000 AS version`,
    );
    expect(settings).toEqual([{ listen: '127.0.0.1', sockets: '', version: 18 }]);
    if (process.platform === 'linux') {
      const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
      expect(status).not.toMatch(/^Uid:\s+0\s/m);
    }
  });

  it('refuses a wrong password', async () => {
    const server = await startPostgres({ folder, port: 0, durable: false });
    const client = new Client({ connectionString: server.connectionString.replace(server.password, 'wrong') });
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('recovers what was committed before the server was killed', async () => {
    const killed = await startPostgres({ folder, port: 0 });
    await query(killed, 'CREATE TABLE committed AS SELECT generate_series(1, 1000) AS n');
    process.kill(killed.pid, 'SIGKILL');
    await gone(killed.pid);
    const again = await startPostgres({ folder, port: 0 });
    expect(await query(again, 'SELECT count(*)::int AS rows FROM committed')).toEqual([{ rows: 1000 }]);
  });

  it('takes over a server that was left running', async () => {
    const orphan = await startPostgres({ folder, port: 0, durable: false });
    const adopted = await startPostgres({ folder, port: 0, durable: false });
    expect(adopted.pid).toBe(orphan.pid);
    expect(adopted.port).toBe(orphan.port);
    await adopted.stop();
    expect(isRunning(orphan.pid)).toBe(false);
  });

  it('names the port that another program has, and how to choose another', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const attempt = startPostgres({ folder, port, durable: false });
    await expect(attempt).rejects.toThrow(PortInUseError);
    await expect(attempt).rejects.toMatchObject({
      message: expect.stringContaining(`Port ${port}`) as string,
      nextAction: expect.stringContaining('--postgres-port') as string,
    });
    other.close();
  });

  it('leaves nothing behind after removal', async () => {
    const server = await startPostgres({ folder, port: 0, durable: false });
    const { folder: home } = await choosePostgresHome(folder);
    await removePostgres(folder);
    expect(isRunning(server.pid)).toBe(false);
    await expect(stat(home)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
