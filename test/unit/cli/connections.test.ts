import { useTestDatabase } from '../../support/postgres';
import { projectFolder, removeFolders } from '../config/support/project-folder';
import { sluice } from './support/sluice';

const database = useTestDatabase();
afterEach(removeFolders);

const folder = () => {
  const { host, port, user, database: name } = database();
  const crm = `{ kind: postgres, host: '${host}', port: ${port}, user: ${user}, database: ${name}, tls: 'off', password: '\${secret:pw}' }`;
  return projectFolder({ 'connections.yaml': `connections:\n  crm: ${crm}\n` });
};

test('says what works, with exit code 0, and as JSON', async () => {
  const env = { SLUICE_SECRET_PW: database().password };
  const answer = await sluice(['connections', 'test', '--folder', folder()], { env });
  expect(answer).toMatchObject({ code: 0, err: '' });
  expect(answer.out).toMatch(/^crm \(postgres\)\n {2}works as a source\n {4}PostgreSQL \d+/);
  const json = await sluice(['connections', 'test', 'crm', '--json', '--folder', folder()], { env });
  expect(JSON.parse(json.out)).toMatchObject({ works: true, connections: [{ connection: 'crm', works: true }] });
});

test('says what is wrong and what to do, with exit code 1', async () => {
  const answer = await sluice(['connections', 'test', '--folder', folder()], { env: { SLUICE_SECRET_PW: 'wrong' } });
  expect(answer.code).toBe(1);
  expect(answer.out).toContain('FAILS as a source');
  expect(answer.out).toContain('[authentication-failed]');
  expect(await sluice(['connections', 'test', 'nowhere', '--folder', folder()])).toMatchObject({ code: 1 });
});

test('wants an action', async () => {
  expect(await sluice(['connections'])).toMatchObject({ code: 2 });
});
