import { createReadStream } from 'node:fs';
import { pipeline as pump } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { goodSql, NET_CENTS, SIZE_BAND, TOTAL } from './conditions';
import { contest } from './contestant';
import { RAW_COLUMNS, TABLE_DDL } from './job';

/*
 * PostgreSQL alone: COPY into an unlogged table of texts, then SQL. `pg_input_is_valid` (PostgreSQL 16) is the cast that does not end the
 * statement; work_mem and parallel workers are raised for the session. It writes no Parquet: it has none.
 */
const TYPES: Readonly<Record<string, string>> = {
  order_id: 'bigint',
  customer_id: 'integer',
  ordered_at: 'timestamp',
  amount: 'numeric(12,2)',
  quantity: 'integer',
  discount: 'integer',
};
const GOOD = goodSql((column, pattern) => `${column} ~ '${pattern}'`);

void contest(async (input, phases) => {
  const client = new Client({ connectionString: input.database });
  await client.connect();
  const [raw, staged, bad] = ['raw', 'staged', 'bad'].map((name) => `${input.table}_${name}`);
  const load = async (table: string, columns: string, file: string): Promise<void> => {
    await client.query(`CREATE UNLOGGED TABLE ${table} (${columns})`);
    const copy = client.query(copyFrom(`COPY ${table} FROM STDIN (FORMAT csv, HEADER)`));
    await pump(createReadStream(file, { highWaterMark: 1 << 20 }), copy);
  };
  try {
    await client.query(
      `SET work_mem = '256MB'; SET maintenance_work_mem = '256MB'; SET max_parallel_workers_per_gather = 2`,
    );
    const customers = `${input.table}_customers`;
    await phases.time('copy', async () => {
      await load(customers, 'id integer, country text, segment text', input.customers);
      await load(raw!, RAW_COLUMNS.map((name) => `${name} text`).join(', '), input.orders);
    });
    await phases.time('sql', async () => {
      const cast = RAW_COLUMNS.map((name) => {
        const type = TYPES[name];
        return type === undefined
          ? name
          : `CASE WHEN pg_input_is_valid(${name}, '${type}') THEN ${name}::${type} END AS ${name}`;
      });
      const valid = Object.entries(TYPES).map(
        ([name, type]) => `(${name} IS NULL OR pg_input_is_valid(${name}, '${type}'))`,
      );
      for (const statement of [
        `CREATE UNLOGGED TABLE ${staged} AS SELECT t.*, c.country, c.segment,
           castable AND c.id IS NOT NULL AND coalesce(${GOOD}, false) AS good
         FROM (SELECT ${cast.join(', ')}, ${valid.join(' AND ')} AS castable, ctid AS place FROM ${raw}) t LEFT JOIN ${customers} c ON c.id = t.customer_id`,
        `CREATE TABLE ${input.table} (${TABLE_DDL})`,
        `INSERT INTO ${input.table} SELECT DISTINCT ON (order_id) ${RAW_COLUMNS.join(', ')}, ${TOTAL}, ${NET_CENTS}, ${SIZE_BAND}, country, segment
           FROM ${staged} WHERE good ORDER BY order_id, place`,
        `CREATE TABLE ${bad} AS SELECT r.* FROM ${raw} r JOIN ${staged} s ON s.place = r.ctid WHERE NOT good`,
      ]) {
        await client.query(statement);
      }
    });
    const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${bad}`);
    await client.query(`DROP TABLE ${raw}, ${staged}, ${customers}`);
    return Number(rows[0]?.n);
  } finally {
    await client.end();
  }
});
