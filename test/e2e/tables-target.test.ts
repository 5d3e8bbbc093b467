import { TableClient } from '@azure/data-tables';
import { startInProcessApp, type InProcessApp } from '../support/in-process-app';
import { startUndo } from '../../src/triggers/undo/start-undo';

const PATIENCE_MS = 120_000;

/** Azure tables as a target, on the real service's emulator. */
describe.each([false, true])('a table of entities; activities run twice: %s', (twice) => {
  let app: InProcessApp;
  beforeAll(async () => {
    app = await startInProcessApp();
    await app.writeFile(
      'connections.yaml',
      `${app.connections}\n  entities: { kind: tables, setting: AzureWebJobsStorage }\n`,
    );
    app.twice = twice;
  }, PATIENCE_MS);
  afterAll(() => app.stop());

  const pipelineOf = (name: string, table: string, more = ''): string => `pipeline: ${name}
source: { connection: landing, files: ${name}/*.csv, incremental: { by: file } }
transform: [{ cast: { n: bigint, price: 'decimal(10,2)', at: { type: timestamptz, timeZone: UTC }, ok: boolean, f: double } }]
checks: [{ notNull: [country, id] }, { unique: [country, id] }]
quarantine: { maxShare: 90% }
target: { connection: entities, table: ${table}, partitionKey: country, rowKey: id, writeDisposition: merge }
verify: [{ rowCount: exact }]
${more}`;
  const entities = async (table: string) => {
    const client = TableClient.fromConnectionString(app.storageConnectionString, table, {
      allowInsecureConnection: true,
    });
    const found: Record<string, unknown>[] = [];
    for await (const { etag: _, timestamp: __, ...entity } of client.listEntities()) found.push(entity);
    return found;
  };
  const HEADER = 'country,id,n,price,at,ok,f,note\n';

  test('upserts entities with their types, a group at a time, and loads a changed file anew', async () => {
    await app.writePipeline('orders', pipelineOf('orders', 'orders'));
    const many = Array.from(
      { length: 250 },
      (_, index) => `FR,r${index},${index},1,2024-01-01T00:00:00Z,false,0.5,x`,
    ).join('\n');
    await app.land(
      'orders/a.csv',
      `${HEADER}DE,1,9007199254740993,1.50,2024-01-02T03:04:05.678Z,true,1e300,"it's\nü"\n${many}\n`,
    );
    const run = await app.run('orders');
    expect({ status: run.status, failure: run.failure }).toEqual({ status: 'Succeeded', failure: null });
    expect(run.counts).toMatchObject({ read: 251, loaded: 251 });
    const all = await entities('orders');
    expect(all).toHaveLength(251);
    expect(all.find(({ rowKey }) => rowKey === '1')).toMatchObject({
      partitionKey: 'DE',
      country: 'DE',
      id: '1',
      n: 9007199254740993n,
      price: '1.50',
      at: new Date('2024-01-02T03:04:05.678Z'),
      ok: true,
      f: 1e300,
      note: "it's\nü",
    });
    await app.land('orders/a.csv', `${HEADER}DE,1,5,,2024-01-02T03:04:05Z,,,\n`);
    expect(await app.run('orders')).toMatchObject({ status: 'Succeeded', counts: { loaded: 1 } });
    const changed = (await entities('orders')).find(({ rowKey }) => rowKey === '1');
    expect(changed).toMatchObject({ n: 5n });
    // Replaced and not merged: what is empty now does not keep its old value.
    expect(changed).not.toHaveProperty('price');
    expect(changed).not.toHaveProperty('note');
    expect((await app.run('orders')).pipelines[0]?.reason).toMatch(/^already loaded/);
  });

  test('a run that dies while it writes is followed by one that writes the same entities', async () => {
    await app.writePipeline('dies', pipelineOf('dies', 'diesorders'));
    await app.land('dies/a.csv', `${HEADER}DE,1,1,1,2024-01-02T00:00:00Z,true,1,a\n`);
    app.dies = 'publish';
    expect(await app.run('dies')).toMatchObject({ status: 'Failed' });
    app.dies = null;
    expect(await app.run('dies')).toMatchObject({ status: 'Succeeded', counts: { loaded: 1 } });
    expect(await entities('diesorders')).toHaveLength(1);
  });

  test('quarantines rows that share a key; refuses keys that the service does not take', async () => {
    await app.writePipeline('keys', pipelineOf('keys', 'keyorders'));
    await app.land('keys/a.csv', `${HEADER}DE,1,1,,,,,\nDE,1,2,,,,,\nDE,2,3,,,,,\n`);
    expect(await app.run('keys')).toMatchObject({ status: 'Succeeded', counts: { loaded: 1, quarantined: 2 } });
    await app.land('keys/b.csv', `${HEADER}DE,a/b,1,,,,,\n`);
    expect(await app.run('keys')).toMatchObject({ pipelines: [{ failure: { code: 'target-value-refused' } }] });
    expect(await entities('keyorders')).toHaveLength(1);
  });

  test('feeds lookups, and cannot be taken back', async () => {
    await app.writePipeline('codes', pipelineOf('codes', 'codeorders'));
    await app.land('codes/a.csv', `${HEADER}DE,1,7,,,,,Berlin\n`);
    const codes = await app.run('codes');
    await app.writePipeline(
      'facts',
      `pipeline: facts
dependsOn: [codes]
source: { connection: landing, files: facts/*.csv }
transform: [{ lookup: { from: codes, match: { id: id }, take: { city: note, n: n } } }]
target: { connection: warehouse, table: mart.facts, writeDisposition: replace }
`,
    );
    await app.land('facts/a.csv', 'id\n1\n');
    await app.run('facts');
    expect(await app.database.query('SELECT id, city, n FROM mart.facts')).toEqual([
      { id: '1', city: 'Berlin', n: '7' },
    ]);
    await startUndo(app.services.triggers, app.orchestrations, codes, { by: 'ann', reason: 'x' });
    expect((await app.services.triggers.stores.undos.get(codes.runId))?.end).toMatchObject({
      status: 'Failed',
      failure: { code: 'undo-not-possible' },
    });
  });
});
