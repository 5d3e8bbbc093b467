import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Journals } from '../../../src/local/durable-task/journal';

describe('journals', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'sluice-journal-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (): string => path.join(folder, readdirSync(folder)[0]!);
  const reload = (): unknown[][] => new Journals(folder).load();

  test('give back what was appended, in order', async () => {
    const journals = new Journals(folder);
    await Promise.all([1, 2, 3].map((n) => journals.append('a', { n, text: 'äöü\n' })));
    await journals.append('b', { n: 9 });
    journals.closeAll();
    const loaded = reload().sort((x, y) => y.length - x.length);
    expect(loaded).toEqual([[1, 2, 3].map((n) => ({ n, text: 'äöü\n' })), [{ n: 9 }]]);
  });

  test.each([1, 2, 20])('drop a last record that lost its last %d bytes, and append after it', async (bytes) => {
    const journals = new Journals(folder);
    await journals.append('a', { n: 1 });
    await journals.append('a', { n: 2, text: 'a longer record' });
    journals.closeAll();
    truncateSync(file(), readFileSync(file()).length - bytes);
    expect(reload()).toEqual([[{ n: 1 }]]);
    const again = new Journals(folder);
    await again.append('a', { n: 3 });
    again.closeAll();
    expect(reload()).toEqual([[{ n: 1 }, { n: 3 }]]);
  });

  test('drop a record whose text is not that of its checksum', async () => {
    const journals = new Journals(folder);
    await journals.append('a', { n: 1 });
    journals.closeAll();
    appendFileSync(file(), '0123456789ab {"n":2}\n');
    expect(reload()).toEqual([[{ n: 1 }]]);
  });

  test('forget a file without a whole record', () => {
    writeFileSync(path.join(folder, 'torn.ndjson'), '0123456789ab {"t":"crea');
    expect(reload()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('keep few files open and lose nothing by it', async () => {
    const journals = new Journals(folder);
    const ids = Array.from({ length: 600 }, (_, n) => `instance ${n}`);
    await Promise.all(ids.map((id) => journals.append(id, { id, part: 1 })));
    if (process.platform === 'linux') expect(readdirSync('/proc/self/fd').length).toBeLessThan(500);
    await Promise.all(ids.map((id) => journals.append(id, { id, part: 2 })));
    journals.closeAll();
    expect(reload().filter((records) => records.length === 2)).toHaveLength(600);
  });

  test('are gone when they are removed, even in the middle of an append', async () => {
    const journals = new Journals(folder);
    const written = journals.append('a', { n: 1 });
    journals.remove('a');
    await written;
    expect(reload()).toEqual([]);
  });
});
