import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedServices } from '../../../src/cli/embedded-services';
import { projectFolder, removeFolders } from '../config/support/project-folder';

afterEach(removeFolders);

const COMMAND = 'dist/local/demo/services-command.js';

test('gives the settings of the services, and ends them', async () => {
  const app = projectFolder({
    [COMMAND]: `
      process.stdout.write(JSON.stringify({ Values: { FOLDER: process.env.GIVEN } }) + '\\n');
      process.stdin.on('end', () => require('node:fs').writeFileSync(__dirname + '/ended', '')).resume();
    `,
  });
  const services = await startEmbeddedServices(app, { ...process.env, GIVEN: 'here' });
  expect(services?.values).toEqual({ FOLDER: 'here' });
  const ended = join(app, 'dist/local/demo/ended');
  expect(existsSync(ended)).toBe(false);
  await services?.stop();
  expect(existsSync(ended)).toBe(true);
});

test.each([
  ['there is no data yet, or the host runs', { [COMMAND]: 'process.exit(3)' }],
  ['the app is deployed, without the embedded host', { 'dist/index.js': '' }],
])('gives nothing where %s', async (_why, files) => {
  expect(await startEmbeddedServices(projectFolder(files), process.env)).toBeNull();
});
