import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProject } from '../../../src/config/load-project';
import { checkProject } from '../../../src/project/check-project';
import { CONNECTIONS, projectFolder, removeFolders } from '../config/support/project-folder';
import { testEngine } from './support/test-engine';

const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');
const examples = [...readme.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

/** The pipeline that the example depends on and looks up. */
const AIRPORTS = `pipeline: airports
source:
  connection: landing
  files: airports/*.csv
  columns: { iata: string, state: string }
target: { connection: warehouse, table: aviation.airports, writeDisposition: replace }
`;

const engine = testEngine();
afterEach(removeFolders);

test('the README shows one pipeline', () => {
  expect(examples).toHaveLength(1);
});

test('the pipeline in the README has no problems', async () => {
  const folder = projectFolder({
    'connections.yaml': CONNECTIONS,
    'airports.yaml': AIRPORTS,
    'flights.yaml': examples[0] ?? '',
  });
  const env = { WAREHOUSE_HOST: 'h', WAREHOUSE_DATABASE: 'd', WAREHOUSE_USER: 'u' };
  const { problems } = await checkProject(loadProject({ folder, environment: 'local', env }), engine);
  expect(problems).toEqual([]);
});
