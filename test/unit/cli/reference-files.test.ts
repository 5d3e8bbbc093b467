import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONNECTIONS, projectFolder, removeFolders } from '../config/support/project-folder';
import { sluice } from './support/sluice';

afterEach(removeFolders);

const ORDERS = `pipeline: orders
source: { connection: landing, files: orders/*.csv, columns: { country: string } }
target: { connection: warehouse, table: orders, writeDisposition: replace }
transform:
  - lookup: { from: { file: reference/countries.csv }, match: { country: code }, take: { name: name } }
unitTests:
  - given: [{ country: DE }, { country: FR }]
    expected: [{ country: DE, name: Germany }, { country: FR, name: null }]
`;

test('validate and test read the real file, without any service', async () => {
  const folder = projectFolder({
    'connections.yaml': CONNECTIONS,
    'orders.yaml': ORDERS,
    'reference/countries.csv': 'code,name\nDE,Germany\n',
  });
  expect(await sluice(['validate', '--folder', folder])).toMatchObject({ code: 0 });
  expect(await sluice(['test', '--folder', folder])).toMatchObject({ code: 0 });
  writeFileSync(join(folder, 'reference/countries.csv'), 'code,name\nDE,Allemagne\n');
  const changed = await sluice(['test', '--folder', folder]);
  expect(changed.code).toBe(1);
  expect(changed.out).toContain('Allemagne');
  writeFileSync(join(folder, 'reference/countries.csv'), 'code,name\nDE,a\nDE,b\n');
  const twice = await sluice(['validate', '--folder', folder]);
  expect(twice.code).toBe(1);
  expect(twice.out).toContain('orders.yaml:5:');
  expect(twice.out).toContain("rows 1 and 2 of 'reference/countries.csv' have the same code");
});
