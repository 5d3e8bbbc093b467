import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { Client } from 'pg';
import { EMAIL } from './conditions';
import { contest, upload } from './contestant';
import { CURRENCIES, RAW_COLUMNS, STATUSES, TABLE_DDL, withDuckDb, type JobInput } from './job';

/*
 * What people write in a function: csv-parse as a stream, an object for each row, inserts of many rows. Tuned: records are arrays and become
 * one object each; money is whole cents; 1,000 rows an insert, as arrays that `unnest` takes apart (one prepared statement, ten times
 * fewer parameters than VALUES), inside one transaction; keys seen are numbers in a Set. Parquet has no common writer in Node.js that keeps
 * up, so the good rows are written as NDJSON while they pass, and DuckDB makes the file: that is the fast way to it.
 */
const BATCH = 1000;
const EMAIL_PATTERN = new RegExp(EMAIL);
const COLUMN_TYPES = TABLE_DDL.split(/,\s+(?=[a-z_]+ )/).map((part) => part.trim().split(' ') as [string, string]);

interface Order {
  readonly order_id: number;
  readonly customer_id: number;
  readonly ordered_at: string;
  readonly amount: string;
  readonly quantity: number;
  readonly discount: number;
  readonly currency: string;
  readonly status: string;
  readonly email: string;
  readonly note: string | null;
  readonly total: string;
  readonly net_cents: number;
  readonly size_band: string;
  readonly country: string;
  readonly segment: string;
}

const currencies = new Set<string>(CURRENCIES);
const statuses = new Set<string>(STATUSES);

void contest(async (input, phases) => {
  const quarantined = await phases.time('streams', () => run(input));
  await phases.time('parquet', async () => {
    await withDuckDb(input.folder, input.memoryLimitMb, async (connection) => {
      for (const name of ['good', 'bad']) {
        const place = `${input.folder}/${name}`;
        await connection.run(
          `COPY (FROM read_json('${place}.ndjson', format = 'newline_delimited')) TO '${place}.parquet' (FORMAT parquet, COMPRESSION zstd)`,
        );
      }
    });
  });
  await phases.time('upload', () =>
    upload(
      input,
      ['good', 'bad'].map((name) => `${input.folder}/${name}.parquet`),
    ),
  );
  return quarantined;
});

async function run(input: JobInput): Promise<number> {
  const customers = new Map<number, { country: string; segment: string }>();
  for await (const [id, country, segment] of createReadStream(input.customers).pipe(parse({ fromLine: 2 })))
    customers.set(Number(id), { country, segment });
  const client = new Client({ connectionString: input.database });
  await client.connect();
  await client.query(`CREATE TABLE ${input.table} (${TABLE_DDL})`);
  await client.query('BEGIN');
  const names = COLUMN_TYPES.map(([name]) => name);
  const types = COLUMN_TYPES.map(([, type], index) => `$${index + 1}::${type.replace(/\(.*/, '')}[]`);
  const text = `INSERT INTO ${input.table} (${names.join(', ')}) SELECT * FROM unnest(${types.join(', ')})`;
  const good = createWriteStream(`${input.folder}/good.ndjson`, { highWaterMark: 1 << 20 });
  const bad = createWriteStream(`${input.folder}/bad.ndjson`, { highWaterMark: 1 << 20 });
  const seen = new Set<number>();
  let batch: Order[] = [];
  let quarantined = 0;
  // One insert is under way while the next batch is parsed.
  let inserting: Promise<unknown> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const rows = batch;
    batch = [];
    await inserting;
    const values = names.map((name) => rows.map((row) => row[name as keyof Order]));
    inserting = client.query({ name: 'insert', text, values });
    if (!good.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))) await once(good, 'drain');
  };
  const records = createReadStream(input.orders, { highWaterMark: 1 << 20 }).pipe(parse({ fromLine: 2 }));
  for await (const record of records as AsyncIterable<string[]>) {
    const order = orderOf(record, customers);
    if (order === null) {
      quarantined += 1;
      bad.write(`${JSON.stringify(Object.fromEntries(RAW_COLUMNS.map((name, index) => [name, record[index]])))}\n`);
      continue;
    }
    if (seen.has(order.order_id)) continue;
    seen.add(order.order_id);
    if (batch.push(order) === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  await inserting;
  await client.query('COMMIT');
  await client.end();
  for (const stream of [good, bad]) await finished(stream.end());
  return quarantined;
}

function orderOf(
  record: readonly string[],
  customers: ReadonlyMap<number, { country: string; segment: string }>,
): Order | null {
  const [
    id = '',
    customer = '',
    at = '',
    amount = '',
    quantity = '',
    discount = '',
    currency = '',
    status = '',
    email = '',
    note = '',
  ] = record;
  const whole = (value: string): boolean => /^-?\d+$/.test(value);
  if (!whole(id) || !whole(customer) || !/^-?\d+(\.\d{1,2})?$/.test(amount) || !whole(quantity) || !whole(discount))
    return null;
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(at) || at >= '2026-01-01') return null;
  const cents = Math.round(Number(amount) * 100);
  const count = Number(quantity);
  if (cents < 1 || cents > 5_000_000 || count < 1 || count > 100) return null;
  if (!currencies.has(currency) || !statuses.has(status) || !EMAIL_PATTERN.test(email) || note.length > 120)
    return null;
  const known = customers.get(Number(customer));
  if (known === undefined) return null;
  const total = cents * count;
  return {
    order_id: Number(id),
    customer_id: Number(customer),
    ordered_at: at,
    amount,
    quantity: count,
    discount: Number(discount),
    currency,
    status,
    email,
    note: note === '' ? null : note,
    total: `${Math.trunc(total / 100)}.${String(total % 100).padStart(2, '0')}`,
    net_cents: cents * (100 - Number(discount)),
    size_band: total < 100_000 ? 'small' : total < 1_000_000 ? 'medium' : 'large',
    country: known.country,
    segment: known.segment,
  };
}
