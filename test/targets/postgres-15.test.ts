import { usePostgresVersion, useTestDatabase } from '../support/postgres';

/** The oldest PostgreSQL that is supported does all that the newest does. Its programs are there for linux-x64 only. */
if (`${process.platform}-${process.arch}` === 'linux-x64') {
  usePostgresVersion('oldest');
  const database = useTestDatabase();
  test('the server is the oldest that is supported', async () => {
    expect((await database().query('SHOW server_version'))[0]).toEqual({
      server_version: expect.stringMatching(/^15\./) as string,
    });
  });
  // The suites register themselves, with databases of this version.
  require('./postgres.test');
  require('./postgres-merge.test');
  require('../sources/postgres.test');
} else {
  test.skip('PostgreSQL 15 is tested on linux-x64, for which npm brings it', () => {});
}
