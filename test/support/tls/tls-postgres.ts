import { chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { removePostgres, startPostgres } from '../../../src/local/services/postgres';
import { testAuthority, type TestAuthority } from './certificates';

/** A PostgreSQL of a test's own that speaks TLS. */
export interface TlsPostgres {
  readonly port: number;
  readonly database: string;
  /** Signed the certificate of the server, which names `localhost` only. */
  readonly authority: TestAuthority;
  /** Runs a statement as the superuser, without TLS. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** What the server wrote so far. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts one. Roles whose names begin with `cert` log in by a client certificate that the authority, or one of `trusted`, signed; all others
 * by password, over TLS or, as the superuser, without.
 */
export async function startTlsPostgres(trusted: readonly string[] = []): Promise<TlsPostgres> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-tls-postgres-'));
  const server = await startPostgres({ folder, port: 0, durable: false });
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const client = new Client({ connectionString: server.connectionString });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const authority = testAuthority('Authority of the server');
  const { cert, key } = authority.issue({ names: ['localhost'] });
  const data = String((await query('SHOW data_directory'))[0]?.['data_directory']);
  const { uid, gid } = await stat(data);
  const files = {
    'server.crt': cert,
    'server.key': key,
    'root.crt': [authority.cert, ...trusted].join('\n'),
    'pg_hba.conf': [
      'hostssl all /^cert.* 127.0.0.1/32 cert',
      'hostssl all all 127.0.0.1/32 scram-sha-256',
      `hostnossl all ${server.user} 127.0.0.1/32 scram-sha-256`,
      '',
    ].join('\n'),
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(data, name), content, { mode: 0o600 });
    await chown(path.join(data, name), uid, gid);
  }
  for (const setting of [`ssl_ca_file = 'root.crt'`, 'ssl = on']) await query(`ALTER SYSTEM SET ${setting}`);
  await query('SELECT pg_reload_conf()');
  // Told by signal: the server takes the settings up a little later.
  while ((await query('SHOW ssl'))[0]?.['ssl'] !== 'on') await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    port: server.port,
    database: server.database,
    authority,
    query,
    log: () => readFile(path.join(path.dirname(data), 'server.log'), 'utf8'),
    stop: async () => {
      await server.stop();
      await removePostgres(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
