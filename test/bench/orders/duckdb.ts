import { goodSql, NET_CENTS, SIZE_BAND, TOTAL } from './conditions';
import { contest, copyIntoTable, upload } from './contestant';
import { RAW_COLUMNS, withDuckDb } from './job';

/*
 * Bare DuckDB, the limit: one script, written and tuned by hand. Everything is read as text and cast once; the verdict is one boolean; rows
 * go through an lz4 stage, since a table in memory is slower and needs several times as much; keys that are there twice are found from the
 * key column alone, where a window over all rows takes longer.
 */
const TYPES: Readonly<Record<string, string>> = {
  order_id: 'BIGINT',
  customer_id: 'INTEGER',
  ordered_at: 'TIMESTAMP',
  amount: 'DECIMAL(12,2)',
  quantity: 'INTEGER',
  discount: 'INTEGER',
};
const OUT = [...RAW_COLUMNS, 'total', 'net_cents', 'size_band', 'country', 'segment'].join(', ');
const GOOD = goodSql((column, pattern) => `regexp_full_match(${column}, '${pattern}')`);

void contest(async (input, phases) => {
  const file = (name: string): string => `${input.folder}/${name}`;
  const read = (name: string): string => `read_parquet('${file(name)}', file_row_number = true)`;
  const quarantined = await phases.time('engine', () =>
    withDuckDb(input.folder, input.memoryLimitMb, async (connection) => {
      const columns = RAW_COLUMNS.map((name) => `'raw_${name}': 'VARCHAR'`).join(', ');
      const cast = RAW_COLUMNS.map((name) => {
        const type = TYPES[name];
        return type === undefined ? `raw_${name} AS ${name}` : `TRY_CAST(raw_${name} AS ${type}) AS ${name}`;
      });
      const failed = Object.keys(TYPES).map((name) => `(raw_${name} IS NOT NULL AND ${name} IS NULL)`);
      const raw = RAW_COLUMNS.map((name) => `CASE WHEN bad THEN raw_${name} END AS raw_${name}`);
      for (const statement of [
        `CREATE TABLE customers AS SELECT customer_id AS id, country, segment FROM read_csv('${input.customers}')`,
        `COPY (SELECT ${OUT}, bad, ${raw.join(', ')} FROM (
           SELECT t.*, CAST(${TOTAL} AS DECIMAL(14,2)) AS total, ${NET_CENTS} AS net_cents, ${SIZE_BAND} AS size_band, country, segment,
             c.id IS NULL OR ${failed.join(' OR ')} OR NOT coalesce(${GOOD}, false) AS bad
           FROM (SELECT *, ${cast.join(', ')} FROM read_csv('${input.orders}', header = true, delim = ',', quote = '"', columns = {${columns}})) t
           LEFT JOIN customers c ON c.id = customer_id)) TO '${file('stage.parquet')}' (FORMAT parquet, COMPRESSION lz4_raw)`,
        `CREATE TABLE twice AS SELECT order_id AS id, min(file_row_number) AS first FROM ${read('stage.parquet')}
          WHERE NOT bad GROUP BY order_id HAVING count(*) > 1`,
        `COPY (SELECT ${OUT} FROM ${read('stage.parquet')} LEFT JOIN twice ON id = order_id
          WHERE NOT bad AND (first IS NULL OR first = file_row_number)) TO '${file('good.parquet')}' (FORMAT parquet, COMPRESSION zstd)`,
        `COPY (SELECT COLUMNS('raw_.*') FROM '${file('stage.parquet')}' WHERE bad) TO '${file('bad.parquet')}' (FORMAT parquet, COMPRESSION zstd)`,
      ]) {
        await connection.run(statement);
      }
      const counted = await connection.runAndReadAll(`SELECT count(*)::INTEGER AS n FROM '${file('bad.parquet')}'`);
      return Number(counted.getRowObjectsJson()[0]?.['n']);
    }),
  );
  await phases.time('copy', async () => {
    await withDuckDb(input.folder, input.memoryLimitMb, async (connection) => {
      await connection.run(`COPY (FROM '${file('good.parquet')}') TO '${file('good.csv')}' (FORMAT csv, HEADER false)`);
    });
    await copyIntoTable(input, file('good.csv'));
  });
  await phases.time('upload', () => upload(input, [file('good.parquet'), file('bad.parquet')]));
  return quarantined;
});
