import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Failure } from '../../src/model/failure';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

const GOOD = 'id,amount\n1,10\n2,20\n';

/** What is wrong, what the failure must say, and how a person mends it. */
interface Fault {
  readonly name: string;
  readonly connection?: string;
  readonly file: 'csv' | 'parquet';
  readonly content: string | null;
  readonly failure: Partial<Failure>;
  readonly mend: 'file' | 'table' | null;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'missing-file',
    file: 'csv',
    content: null,
    failure: { class: 'persistent', code: 'source-not-found' },
    mend: 'file',
  },
  {
    name: 'unreadable-parquet',
    file: 'parquet',
    content: 'this is no Parquet file',
    failure: { class: 'persistent', code: 'file-unreadable' },
    mend: null,
  },
  {
    name: 'ragged-rows',
    file: 'csv',
    content: 'id,amount\n1,10\n2\n3,30,300\n',
    failure: { class: 'business', code: 'checks-failed' },
    mend: 'file',
  },
  {
    name: 'refused-connection',
    connection: 'nobody',
    file: 'csv',
    content: GOOD,
    failure: { class: 'infrastructure', connection: 'nobody' },
    mend: null,
  },
  {
    name: 'wrong-password',
    connection: 'locked',
    file: 'csv',
    content: GOOD,
    failure: { class: 'persistent', code: 'authentication-failed', connection: 'locked' },
    mend: null,
  },
  {
    name: 'other-columns',
    file: 'csv',
    content: GOOD,
    failure: { class: 'persistent', code: 'target-schema-mismatch' },
    mend: 'table',
  },
];

const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
  warehouse: &warehouse
    kind: postgres
    host: 127.0.0.1
    port: \${env:WAREHOUSE_PORT}
    database: \${env:WAREHOUSE_DATABASE}
    user: \${env:WAREHOUSE_USER}
    password: \${secret:warehouse-password}
    tls: 'off'
  nobody:
    kind: postgres
    host: 127.0.0.1
    port: 9
    database: none
    user: none
    password: \${secret:warehouse-password}
    tls: 'off'
  locked:
    kind: postgres
    host: 127.0.0.1
    port: \${env:WAREHOUSE_PORT}
    database: \${env:WAREHOUSE_DATABASE}
    user: \${env:WAREHOUSE_USER}
    password: \${secret:wrong-password}
    tls: 'off'
`.replace(' &warehouse', '');

const pipelineYaml = ({ name, connection, file }: Fault): string => `pipeline: ${name}
source: { connection: landing, files: ${name}/data.${file}, incremental: { by: file } }
transform:
  - cast: { id: integer, amount: 'decimal(10,2)' }
quarantine: { maxShare: 10% }
target: { connection: ${connection ?? 'warehouse'}, table: bad.${name.replaceAll('-', '_')}, writeDisposition: append }
retry: { maxAttempts: 2, firstDelay: 100ms }
`;

describe('bad input', () => {
  let app: SluiceApp;
  beforeAll(async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-bad-'));
    await mkdir(path.join(folder, 'environments'));
    await writeFile(path.join(folder, 'connections.yaml'), CONNECTIONS);
    for (const fault of FAULTS) await writeFile(path.join(folder, `${fault.name}.yaml`), pipelineYaml(fault));
    app = await startSluiceApp({ pipelines: folder, env: { SLUICE_SECRET_WRONG_PASSWORD: 'not the password' } });
    await app.database.query('CREATE SCHEMA bad');
    await app.database.query('CREATE TABLE bad.other_columns (id date, something text NOT NULL)');
    for (const { name, file, content } of FAULTS) {
      await app.land(
        'landing',
        content === null ? `${name}/elsewhere.txt` : `${name}/data.${file}`,
        Buffer.from(content ?? ''),
      );
    }
  });
  afterAll(() => app.stop());

  const run = async (name: string) => {
    const record = await app.ended(await app.start({ pipelines: [name] }));
    const pipeline = record.pipelines[0];
    if (pipeline === undefined) throw new Error(`The run has no pipeline: ${JSON.stringify(record)}`);
    return { record, pipeline };
  };
  const rowsOf = async (name: string): Promise<number> => {
    const table = `bad.${name.replaceAll('-', '_')}`;
    const [exists] = await app.database.query('SELECT to_regclass($1) IS NOT NULL AS yes', [table]);
    if (exists?.['yes'] !== true) return 0;
    const [count] = await app.database.query(`SELECT count(*)::int AS rows FROM ${table}`);
    return count?.['rows'] as number;
  };

  test.each(FAULTS)('$name ends the run as Failed and says what to do', async ({ name, failure, mend, file }) => {
    const { record, pipeline } = await run(name);
    expect(record.status).toBe('Failed');
    expect(pipeline).toMatchObject({ status: 'Failed', load: null, failure });
    expect(pipeline.failure?.nextAction).toMatch(/\w{3,}/);
    expect(['nothing-loaded', 'staged-not-published']).toContain(pipeline.failure?.dataState);
    expect(JSON.stringify(record)).not.toContain(app.database.password);
    expect(JSON.stringify(record)).not.toContain('not the password');
    expect(await rowsOf(name)).toBe(0);

    if (mend === null) return;
    if (mend === 'file') await app.land('landing', `${name}/data.${file}`, Buffer.from(GOOD));
    if (mend === 'table') await app.database.query('DROP TABLE bad.other_columns');
    const mended = await run(name);
    expect(mended.pipeline).toMatchObject({ status: 'Succeeded', counts: { read: 2, loaded: 2 } });
    expect(await rowsOf(name)).toBe(2);
  });

  test('an unknown pipeline is refused before anything runs', async () => {
    const { status, json } = await app.request('POST', '/api/runs', { pipelines: ['nowhere'] });
    expect(status).toBe(422);
    expect(JSON.stringify(json)).toContain('nowhere');
  });
});
