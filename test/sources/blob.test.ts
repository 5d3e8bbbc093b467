import { BlobServiceClient } from '@azure/storage-blob';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlobSource } from '../../src/connectors/sources/blob/blob-source';
import { BLOB_SOURCE } from '../../src/connectors/capabilities';
import { testStorage, uniqueName } from '../support/azurite';
import { DEMO_FILES, query } from '../support/demo-cuts';
import { configOf, describeFileSource, extract, planned, useTestEngine, type SourceHarness } from './source-contract';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const engine = useTestEngine();
let harness: SourceHarness;
let service: BlobServiceClient;

beforeAll(async () => {
  service = BlobServiceClient.fromConnectionString((await testStorage()).connectionString);
  const container = service.getContainerClient(uniqueName('landing'));
  await container.create();
  harness = {
    source: new BlobSource({ client: service, container: container.containerName, connection: 'landing' }),
    put: async (file, content) => {
      const bytes = Buffer.from(content as Buffer);
      await container.getBlockBlobClient(file).uploadData(bytes);
    },
    remove: async (file) => {
      await container.getBlobClient(file).delete();
    },
    parquet: async (select, rowGroupSize = 100_000) => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-parquet-'));
      const file = path.join(folder, 'made.parquet');
      await query(`COPY (${select}) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE ${rowGroupSize})`);
      const bytes = await readFile(file);
      await rm(folder, { recursive: true });
      return bytes;
    },
  };
});

describeFileSource('blob', BLOB_SOURCE, () => harness, engine);

describe('blob source', () => {
  it('fails with source-not-found when the container is missing', async () => {
    const source = new BlobSource({ client: service, container: 'no-such-container', connection: 'landing' });
    await expect(planned(engine(), source, configOf({ files: 'a.csv' }))).rejects.toMatchObject({
      code: 'source-not-found',
    });
    await expect(source.test()).rejects.toMatchObject({ code: 'source-not-found' });
  });

  it('fails with authentication-failed when the key is wrong', async () => {
    const { connectionString } = await testStorage();
    const wrong = connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${Buffer.alloc(64, 1).toString('base64')}`);
    const client = BlobServiceClient.fromConnectionString(wrong);
    const source = new BlobSource({ client, container: 'landing', connection: 'landing' });
    await expect(source.test()).rejects.toMatchObject({ code: 'authentication-failed', class: 'persistent' });
  });

  it('fails with source-unavailable when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    const client = new BlobServiceClient(`http://127.0.0.1:${port}/devstoreaccount1`, undefined, {
      retryOptions: { maxTries: 1 },
    });
    const source = new BlobSource({ client, container: 'landing', connection: 'landing' });
    await expect(source.test()).rejects.toMatchObject({ code: 'source-unavailable', class: 'transient' });
  });

  it('reads the demo flights by row groups and downloads no more than a partition needs', async () => {
    await harness.put('flights/flights-3m.parquet', await readFile(DEMO_FILES.flights));
    const config = configOf({ files: 'flights/*.parquet', partitions: { targetRows: 300_000, min: 8 } });
    const plan = await planned(engine(), harness.source, config);
    expect(plan.partitions).toHaveLength(11);
    expect(plan.partitions.reduce((sum, { estimatedRows }) => sum + (estimatedRows ?? 0), 0)).toBe(3_000_000);
    const { facts, rows } = await extract(engine(), harness.source, config, plan.partitions[5]!);
    expect(facts.rows).toBe(plan.partitions[5]!.estimatedRows);
    expect(rows[0]).toMatchObject({ _sluice_file: 0, _sluice_row: 5n * 272_727n + 1n });
  });
});
