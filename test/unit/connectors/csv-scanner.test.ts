import { CsvScanner, type CsvDialect } from '../../../src/connectors/files/csv-scanner';

interface Scanned {
  header: readonly string[] | null;
  rows: [number, string][];
  rejects: [number, string, string][];
}

/** Scans the same bytes in pieces of every size given: where a chunk ends must not matter. */
function scan(text: string | Buffer, dialect: Partial<CsvDialect> = {}, columns: number | null = null): Scanned {
  const bytes = Buffer.from(text);
  const results = [1, 2, 3, 7, Math.max(1, bytes.length)].map((size) => {
    const seen: Scanned = { header: null, rows: [], rejects: [] };
    const scanner = new CsvScanner(
      { delimiter: ',', quote: '"', header: true, ...dialect },
      {
        header: (fields) => {
          seen.header = fields;
          return columns ?? fields.length;
        },
        columns: (fields) => columns ?? fields.length,
        row: (row, record) => seen.rows.push([row, Buffer.from(record).toString()]),
        reject: (row, reason, raw) => seen.rejects.push([row, reason, raw.toString()]),
      },
    );
    for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
    scanner.end();
    expect(scanner.rows).toBe(seen.rows.length + seen.rejects.length);
    return seen;
  });
  for (const other of results) expect(other).toEqual(results[0]);
  return results[0]!;
}

describe('CsvScanner', () => {
  it('numbers data rows and keeps line ends inside quotes', () => {
    expect(scan('a,b\n1,"x\r\ny"\r\n2,\r3,"q""q"')).toEqual({
      header: ['a', 'b'],
      rows: [
        [1, '1,"x\r\ny"'],
        [2, '2,'],
        [3, '3,"q""q"'],
      ],
      rejects: [],
    });
  });

  it('rejects rows with too few or too many fields, each with its number', () => {
    const { rows, rejects } = scan('a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n');
    expect(rows.map(([row]) => row)).toEqual([1, 4]);
    expect(rejects).toEqual([
      [2, '2 fields instead of 3', '4,5'],
      [3, '4 fields instead of 3', '6,7,8,9'],
    ]);
  });

  it('loses one line to a quote that is never closed, not the rest of the file', () => {
    const { rows, rejects } = scan('a,b,c\n1,2,3\n4,"5,6\n7,8,9\n10,11,12\n');
    expect(rejects).toEqual([[2, 'a quote that is never closed', '4,"5,6']]);
    expect(rows).toEqual([
      [1, '1,2,3'],
      [3, '7,8,9'],
      [4, '10,11,12'],
    ]);
  });

  it('loses one line to a quote that a later quote closes', () => {
    const { rows, rejects } = scan('a,b\n1,"x\n2,"y"\n3,z\n');
    expect(rejects).toEqual([[1, 'text after a closing quote', '1,"x']]);
    expect(rows).toEqual([
      [2, '2,"y"'],
      [3, '3,z'],
    ]);
  });

  it('quotes anew what readers disagree about', () => {
    expect(scan('a,b\nx"y,\n').rows).toEqual([[1, '"x""y",']]);
  });

  it('rejects NUL and bytes that are no UTF-8, and nothing beside them', () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n1,\0\n2,'), Buffer.from([0xff]), Buffer.from('\n3,ä\n')]);
    const { rows, rejects } = scan(bytes);
    expect(rejects.map(([row, reason]) => [row, reason])).toEqual([
      [1, 'a NUL'],
      [2, 'bytes that are no UTF-8'],
    ]);
    expect(rows).toEqual([[3, '3,ä']]);
  });

  it('drops a byte order mark and empty lines, except where a file has one column', () => {
    expect(scan('\ufeffa,b\n\n1,2\n\n').rows).toEqual([[1, '1,2']]);
    expect(scan('\ufeffa\n\n1\n')).toEqual({
      header: ['a'],
      rows: [
        [1, ''],
        [2, '1'],
      ],
      rejects: [],
    });
  });

  it('takes the number of fields from the first record where there is no header', () => {
    expect(scan('1,2\n3\n', { header: false })).toEqual({
      header: null,
      rows: [[1, '1,2']],
      rejects: [[2, '1 fields instead of 2', '3']],
    });
  });

  it('finds nothing in nothing', () => {
    expect(scan('')).toEqual({ header: null, rows: [], rejects: [] });
    expect(scan('a,b')).toEqual({ header: ['a', 'b'], rows: [], rejects: [] });
  });

  it('reads other delimiters and quotes', () => {
    expect(scan("a;b\n'1;';2\n", { delimiter: ';', quote: "'" }).rows).toEqual([[1, "'1;';2"]]);
  });
});
