import { startInProcessApp, type InProcessApp } from '../support/in-process-app';
import { startKeyOf } from '../../src/triggers/start-key';
import { startRun } from '../../src/triggers/start-run';
import type { Orchestrations } from '../../src/triggers/trigger-services';

const FILE = 'reference/countries.csv';
const COUNTRIES = 'code;name;joined\nDE;Germany;1958-01-01\nFR;France;-\n';
const FROM = `{ file: ${FILE}, delimiter: ';', columns: { joined: date }, nullTokens: ['-'] }`;

/** Every table is one test's own. */
function orders(name: string, { missing = 'quarantine', more = '' } = {}): string {
  return `pipeline: ${name}
source:
  connection: landing
  files: orders/*.csv
  columns: { id: integer, country: string, ship_to: string }
  partitions: { targetBytes: 1, min: 2 }
transform:
  - lookup: { from: ${FROM}, match: { country: code }, take: { country_name: name, joined: joined }, missing: ${missing} }
${more}target: { connection: warehouse, table: mart.${name}, writeDisposition: replace }
`;
}

describe('lookups and relationships from a file of the pipelines folder', () => {
  let app: InProcessApp;

  beforeAll(async () => {
    app = await startInProcessApp();
    await app.writeFile(FILE, COUNTRIES);
    await app.land('orders/1.csv', 'id,country,ship_to\n1,DE,FR\n2,IT,DE\n');
    await app.land('orders/2.csv', 'id,country,ship_to\n3,FR,IT\n4,,\n');
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    app.twice = false;
    await app.writeFile(FILE, COUNTRIES);
  });

  const rowsOf = async (table: string): Promise<string[]> => {
    const rows = await app.database.query(
      `SELECT id, country_name, joined::text AS joined FROM mart.${table} ORDER BY id`,
    );
    return rows.map((row) => Object.values(row).join(' '));
  };

  test('rows without a match are quarantined, others get what the file has; every activity runs twice', async () => {
    app.twice = true;
    await app.writePipeline('looked_up', orders('looked_up'));
    const run = await app.run('looked_up');
    expect(run).toMatchObject({ status: 'Succeeded', counts: { read: 4, loaded: 2, quarantined: 2 } });
    expect(run.pipelines[0]).toMatchObject({
      balanced: true,
      quarantineReasons: [{ reason: `lookup(file:${FILE})`, rows: 2 }],
    });
    expect(await rowsOf('looked_up')).toEqual(['1 Germany 1958-01-01', '3 France ']);
  });

  test('missing: fail ends the run, with nothing published', async () => {
    await app.writePipeline('strict', orders('strict', { missing: 'fail' }));
    const run = await app.run('strict');
    expect(run.pipelines[0]?.failure).toMatchObject({ code: 'lookup-missing', class: 'business' });
    await expect(rowsOf('strict')).rejects.toThrow(/does not exist/);
  });

  test('relationships to a file: null passes', async () => {
    const checks = `checks:\n  - relationships: { column: ship_to, to: ${FROM}, field: code }\n`;
    await app.writePipeline('related', orders('related', { missing: 'keepNull', more: checks }));
    const run = await app.run('related');
    expect(run).toMatchObject({ status: 'Succeeded', counts: { loaded: 3, quarantined: 1 } });
    expect(await rowsOf('related')).toEqual(['1 Germany 1958-01-01', '2  ', '4  ']);
  });

  test('a replace is loaded again once the content of the file has changed, and not before', async () => {
    const incremental = orders('changing', { missing: 'keepNull' }).replace(
      '  columns: {',
      '  incremental: { by: file }\n  columns: {',
    );
    await app.writePipeline('changing', incremental);
    expect(await app.run('changing')).toMatchObject({ status: 'Succeeded', counts: { loaded: 4 } });
    await app.writeFile(FILE, COUNTRIES);
    const again = await app.run('changing');
    expect(again.pipelines[0]?.reason).toMatch(/^already loaded/);
    await app.writeFile(FILE, COUNTRIES.replace('Germany', 'Deutschland').concat('IT;Italia;-\n'));
    expect(await app.run('changing')).toMatchObject({ status: 'Succeeded', counts: { loaded: 4 } });
    expect(await rowsOf('changing')).toEqual(['1 Deutschland 1958-01-01', '2 Italia ', '3 France ', '4  ']);
  });

  test('a run keeps the content of the moment of its start, whatever becomes of the folder', async () => {
    await app.writePipeline('pinned', orders('pinned', { missing: 'keepNull' }));
    const held: Parameters<Orchestrations['startNew']>[] = [];
    const later = {
      startNew: (...call: Parameters<Orchestrations['startNew']>) => {
        held.push(call);
        return Promise.resolve('');
      },
    } as unknown as Orchestrations;
    const { runId } = await startRun(app.services.triggers, later, {
      request: { pipelines: ['pinned'] },
      trigger: { kind: 'manual', by: 'ann' },
      startKey: startKeyOf({ kind: 'manual', idempotencyKey: 'held' }),
      by: 'ann',
    });
    await app.writeFile(FILE, 'code;name;joined\nDE;Changed;not a date\n');
    const [call] = held;
    if (call === undefined) throw new Error('Nothing was started.');
    await app.orchestrations.startNew(...call);
    expect(await app.record(runId)).toMatchObject({ status: 'Succeeded' });
    expect(await rowsOf('pinned')).toEqual(['1 Germany 1958-01-01', '2  ', '3 France ', '4  ']);
  });

  test('a start with a file that cannot be used is refused, and with the mended one made', async () => {
    await app.writePipeline('mended', orders('mended', { missing: 'keepNull' }));
    await app.writeFile(FILE, `${COUNTRIES}DE;Again;-\n`);
    await expect(app.run('mended')).rejects.toMatchObject({ code: 'project-invalid' });
    await app.writeFile(FILE, COUNTRIES);
    expect(await app.run('mended')).toMatchObject({ status: 'Succeeded' });
  });

  test('a file with a header and no rows matches nothing', async () => {
    await app.writePipeline('nothing', orders('nothing', { missing: 'keepNull' }));
    await app.writeFile(FILE, 'code;name;joined\n');
    expect(await app.run('nothing')).toMatchObject({ status: 'Succeeded', counts: { loaded: 4 } });
    expect(await rowsOf('nothing')).toEqual(['1  ', '2  ', '3  ', '4  ']);
  });
});
