import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FolderSource } from '../../src/connectors/sources/folder/folder-source';
import { SluiceError } from '../../src/errors/sluice-error';
import { configOf, extract, planned, useTestEngine } from '../sources/source-contract';
import { query } from '../support/demo-cuts';
import { FUZZ_SEED, FUZZ_TIMES, mangleBytes, numbersFrom } from './fuzz-options';

const ROUNDS = 60 * FUZZ_TIMES;
/** Longer than this is a hang: files here have a few kilobytes. */
const LONGEST_MS = 60_000;
const ROWS = `SELECT i AS id, 'name "' || i || '", ü' AS name, i / 7.0 AS amount, DATE '2024-01-01' + i::INTEGER AS day, i % 2 = 0 AS ok FROM range(60) r(i)`;
const COLUMNS = { id: 'bigint', name: 'string', amount: 'double', day: 'date', ok: 'boolean' };
const TEXT_PIECES = ['"', '""', ',', ';', '\n', '\r\n', '\r', '\t', '\0', '\xff\xfe', '\xef\xbb\xbf', '\xc3', '\\', "'", '{', '}', '[', ']', ':', 'null', 'NaN', '1e999', '-', '\x1a', 'id,id\n', '{"id":1,"id":2}\n', '"\n"', '\u2028', ',,,,,,,,,', '{"a":{"a":{"a":{"a":[[[[[[1]]]]]]}}}}\n']; // prettier-ignore
const BINARY_PIECES = ['PAR1', '\0\0\0\0', '\xff\xff\xff\xff', '\x15\x04', '\x7f', '(\xb5/\xfd'];

/** Files that nobody should ever send: whatever arrives is read whole, put aside row by row, or refused with its name and a fix. */
describe('mangled files', () => {
  const engine = useTestEngine();
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'sluice-fuzz-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  async function sample(copy: string): Promise<Buffer> {
    const file = path.join(root, 'sample');
    await query(`COPY (${ROWS}) TO '${file}' (${copy})`);
    return readFile(file);
  }

  test.each([
    ['csv', 'FORMAT csv, HEADER', 'csv', { format: { type: 'csv' } }],
    [
      'csv with lines read in parallel',
      'FORMAT csv, HEADER',
      'csv',
      { format: { type: 'csv', multiline: false }, partitions: { min: 4 } },
    ],
    [
      'csv with declared columns',
      'FORMAT csv, HEADER',
      'csv',
      { columns: COLUMNS, schema: { types: 'quarantineRow' } },
    ],
    ['ndjson', 'FORMAT json', 'ndjson', { columns: COLUMNS }],
    ['json', 'FORMAT json, ARRAY true', 'json', { format: { type: 'json' }, columns: COLUMNS }],
    ['parquet', 'FORMAT parquet, ROW_GROUP_SIZE 20', 'parquet', {}],
  ])(
    '%s',
    async (kind, copy, ending, more) => {
      const next = numbersFrom(FUZZ_SEED + kind.length * 7919 + kind.charCodeAt(0));
      const good = await sample(copy);
      const folder = path.join(root, kind.replaceAll(' ', '-'));
      await mkdir(folder);
      const source = new FolderSource({ folder, connection: 'landing' });
      const outcomes = { read: 0, aside: 0, refused: 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        const name = `f${round}.${ending}`;
        const content = mangleBytes(good, ending === 'parquet' ? BINARY_PIECES : TEXT_PIECES, next);
        await writeFile(path.join(folder, name), content);
        const config = configOf({ files: name, ...more });
        const where = `${kind}, seed ${FUZZ_SEED}, round ${round}: ${path.join(folder, name)}`;
        const began = performance.now();
        try {
          const { partitions } = await planned(engine(), source, config);
          let aside = 0;
          for (const partition of partitions) {
            const { facts } = await extract(engine(), source, config, partition);
            expect({ where, read: facts.read }).toEqual({ where, read: facts.rows + facts.rejects });
            aside += facts.rejects;
          }
          outcomes[aside > 0 ? 'aside' : 'read'] += 1;
        } catch (error) {
          if (!(error instanceof SluiceError)) throw new Error(`${where}: ${String(error)}`, { cause: error });
          const explained = {
            code: error.code,
            said: error.message.includes(name),
            next: error.nextAction.length > 10,
          };
          if (!explained.said || !explained.next)
            throw new Error(`${where}: ${error.code}: ${error.message} ${error.nextAction}`);
          expect({ where, code: error.code }).not.toMatchObject({ code: 'unexpected-error' });
          outcomes.refused += 1;
        }
        expect({ where, hung: performance.now() - began > LONGEST_MS }).toMatchObject({ hung: false });
        await rm(path.join(folder, name));
      }
      expect(outcomes.read + outcomes.aside + outcomes.refused).toBe(ROUNDS);
      // The corpus is neither all good nor all bad; of JSON as one array next to nothing survives.
      if (kind !== 'json') expect(outcomes.refused).toBeLessThan(ROUNDS);
      expect(outcomes.refused + outcomes.aside).toBeGreaterThan(0);
    },
    120_000 * FUZZ_TIMES,
  );
});
