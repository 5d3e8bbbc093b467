import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CONNECTION_KINDS } from '../../../src/config/connection-kinds';
import { formatOfFile } from '../../../src/config/format-of-file';
import { source } from '../../../src/config/schema/source';
import { SOURCE_CAPABILITIES, TARGET_CAPABILITIES } from '../../../src/connectors/capabilities';
import { resolveFormat } from '../../../src/connectors/files/resolve-format';

test.each(Object.entries(CONNECTION_KINDS))(
  'validation allows a %s connection what its connector can do',
  (kind, can) => {
    expect(can.isSource).toBe(kind in SOURCE_CAPABILITIES);
    expect(can.writeDispositions).toEqual(TARGET_CAPABILITIES[kind]?.writeDispositions ?? []);
  },
);

test('every connector has a kind of connection', () => {
  const kinds = [...Object.keys(SOURCE_CAPABILITIES), ...Object.keys(TARGET_CAPABILITIES)];
  expect(Object.keys(CONNECTION_KINDS).toSorted()).toEqual([...new Set(kinds)].toSorted());
});

test.each(['a.csv', 'a.csv.gz', 'a.tsv', 'a.jsonl.zst', 'a.ndjson', 'a.JSON', 'a/*.parquet'])(
  'validation and the connector read %s alike',
  (files) => {
    const config = source.parse({ connection: 'landing', files });
    expect(formatOfFile(files)).toEqual(resolveFormat(config, 'landing'));
  },
);

test('the table of what targets can do is what they can do', () => {
  const document = readFileSync(path.join(__dirname, '../../../docs/pipelines.md'), 'utf8');
  const [, table = ''] =
    /<!-- target capabilities -->\s*([\s\S]*?)\s*<!-- end of target capabilities -->/.exec(document) ?? [];
  const cells = table.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const yes = (can: boolean): string => (can ? 'yes' : 'no');
  expect(cells.filter((_, index) => index !== 1)).toEqual([
    [
      'Kind',
      'Write dispositions',
      'Published at once',
      '`verify` by SQL',
      'Unique keys',
      'Changed files replaced',
      'Undo',
      '`evolve`',
    ],
    ...Object.entries(TARGET_CAPABILITIES).map(([kind, can]) => [
      `\`${kind}\``,
      can.writeDispositions.map((one) => `\`${one}\``).join(', '),
      ...[can.transactions, can.sqlVerification, can.uniqueKeys, can.replacesFiles, can.undo, can.evolves].map(yes),
    ]),
  ]);
});
