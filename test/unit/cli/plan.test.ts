import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { definitionHash } from '../../../src/config/definition-hash';
import { loadProject } from '../../../src/config/load-project';
import { createStores } from '../../../src/state/create-stores';
import type { PipelinePreview } from '../../../src/project/pipeline-preview';
import { claimStorageAccount } from '../../support/azurite';
import { useTestDatabase } from '../../support/postgres';
import { CONNECTIONS, minimalPipeline, projectFolder, removeFolders } from '../config/support/project-folder';
import { ROOT, sluice } from './support/sluice';

const PIPELINES = join(ROOT, 'pipelines');
const DATA = join(ROOT, 'node_modules/vega-datasets/data');
const database = useTestDatabase();
let env: Record<string, string>;
/** An app folder without settings, data or a build. */
let appFolder: string;

beforeAll(async () => {
  const { connectionString } = await claimStorageAccount();
  const { host, port, user, password, database: name } = database();
  env = {
    AzureWebJobsStorage: connectionString,
    WAREHOUSE_HOST: host,
    WAREHOUSE_PORT: String(port),
    WAREHOUSE_DATABASE: name,
    WAREHOUSE_USER: user,
    SLUICE_SECRET_WAREHOUSE_PASSWORD: password,
  };
  appFolder = projectFolder({ '.keep': '' });
  const landing = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('landing');
  await landing.create();
  await landing.getBlockBlobClient('flights/flights-3m.parquet').uploadFile(join(DATA, 'flights-3m.parquet'));
  await landing.getBlockBlobClient('airports/airports.csv').uploadFile(join(DATA, 'airports.csv'));
});
afterAll(removeFolders);

async function planJson(pipeline: string): Promise<PipelinePreview> {
  const { code, out, err } = await sluice(['plan', pipeline, '--json', '--folder', PIPELINES], { env, appFolder });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return (JSON.parse(out) as { preview: PipelinePreview }).preview;
}

test('shows the order, at least eight partitions, the schema and the SQL of the flights', async () => {
  const { code, out } = await sluice(['plan', 'flights', '--folder', PIPELINES], { env, appFolder });
  expect(code).toBe(0);
  expect(out).toContain('airports → flights');
  expect(out).toContain('1 file, 11 partitions');
  expect(out).toContain('0  flights/flights-3m.parquet rows 1-272727  (272,727 rows');
  expect(out).toContain('The table does not exist yet and would be created.');
  expect(out).toMatch(/\n  origin_state +string\n/);
  expect(out).toContain('INSERT INTO "aviation"."flights"');
  const preview = await planJson('flights');
  const { slice } = preview.source;
  expect(slice.reached && slice.answer.partitions.map(({ estimatedRows }) => estimatedRows)).toEqual([
    ...Array.from({ length: 10 }, () => 272_727),
    272_730,
  ]);
});

test('shows a table as it is, and what does not fit', async () => {
  await database().query('CREATE SCHEMA aviation');
  await database().query(
    'CREATE TABLE aviation.airports (iata int, "_sluice_load" bigint, "_sluice_file" int, "_sluice_row" bigint)',
  );
  const { current } = (await planJson('airports')).target;
  expect(current).toMatchObject({ reached: true, answer: { columns: [{ name: 'iata', type: 'integer' }] } });
  expect(current.reached && current.answer.mismatch).toMatch(/iata/);
});

test('says what is already loaded', async () => {
  const before = await planJson('airports');
  if (!before.source.slice.reached) throw new Error(before.source.slice.reason);
  const { files } = before.source.slice.answer;
  const { project } = loadProject({ folder: PIPELINES, environment: 'local', env });
  const airports = project?.pipelines['airports'];
  if (airports === undefined) throw new Error('the demo has no airports');
  const { watermarks } = createStores({ storageSetting: 'AzureWebJobsStorage', env });
  await watermarks.advance({
    pipeline: 'airports',
    load: 1,
    files,
    value: null,
    definitionHash: definitionHash(airports),
  });
  const { slice } = (await planJson('airports')).source;
  expect(slice).toMatchObject({ reached: true, answer: { outcome: 'up-to-date', partitions: [] } });
  expect(slice.reached && slice.answer.reason).toMatch(/^already loaded: /);
});

test('goes on without what cannot be reached, and says so', async () => {
  const away = { ...env, WAREHOUSE_PORT: '1' };
  const { code, out } = await sluice(['plan', 'airports', '--folder', PIPELINES], { env: away, appFolder });
  expect(code).toBe(0);
  expect(out).toContain('Could not be reached, so the table as it is cannot be shown: ');
  expect(out).toContain('CREATE TABLE "aviation"."airports"');
});

test('without any settings, says what is missing and how the services start', async () => {
  const { code, out, err } = await sluice(['plan', 'flights', '--folder', PIPELINES], { appFolder });
  expect(code).toBe(0);
  expect(out).toContain('AzureWebJobsStorage is not set');
  expect(out).toContain('airports → flights');
  expect(err).toContain('npm start keeps them running');
});

test('a missing name is wrong use, an unknown one a problem, and an invalid folder plans nothing', async () => {
  expect(await sluice(['plan'], { env })).toMatchObject({ code: 2, err: expect.stringContaining('name the pipeline') });
  const unknown = await sluice(['plan', 'flight', '--folder', PIPELINES], { env, appFolder });
  expect(unknown).toMatchObject({ code: 1, out: '' });
  expect(unknown.err).toContain("Did you mean 'flights'?");
  const folder = projectFolder({ 'connections.yaml': CONNECTIONS, 'a.yaml': minimalPipeline('a', 'owner: [x]\n') });
  const invalid = await sluice(['plan', 'a', '--folder', folder], { env, appFolder });
  expect(invalid.code).toBe(1);
  expect(invalid.out).toMatch(/\n1 error in .*: nothing to plan\.\n$/);
});
