import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { landFiles } from '../../../src/local/demo/land-files';
import { testStorage, uniqueName } from '../../support/azurite';

describe('landFiles', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-land-'));
  const file = path.join(folder, 'a.csv');

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('uploads a file as it is, once, and again only when it has changed', async () => {
    const { connectionString } = await testStorage();
    const container = uniqueName('landing');
    const files = [{ file, blob: 'a/a.csv' }];
    const client = BlobServiceClient.fromConnectionString(connectionString)
      .getContainerClient(container)
      .getBlobClient('a/a.csv');

    writeFileSync(file, 'n\n1\n');
    expect(await landFiles(connectionString, container, files)).toEqual([
      { blob: `${container}/a/a.csv`, bytes: 4, uploaded: true },
    ]);
    const first = await client.getProperties();
    expect(await landFiles(connectionString, container, files)).toMatchObject([{ uploaded: false }]);
    expect((await client.getProperties()).etag).toBe(first.etag);

    writeFileSync(file, 'n\n1\n2\n');
    expect(await landFiles(connectionString, container, files)).toMatchObject([{ uploaded: true }]);
    expect((await client.downloadToBuffer()).toString()).toBe('n\n1\n2\n');
  });
});
