import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** What every contestant is given, and where it writes. Sent to its process as JSON. */
export interface JobInput {
  readonly orders: string;
  readonly customers: string;
  /** An empty folder of the contestant's own. */
  readonly folder: string;
  /** `postgres://...` */
  readonly database: string;
  /** Table to fill; it does not exist. */
  readonly table: string;
  /** Connection string of the storage account that takes the Parquet files, in the container `bench`. */
  readonly storage: string;
  readonly memoryLimitMb: number;
}

/** What a contestant says of itself. The figures that make outputs equal are read from the table by the judge. */
export interface JobReport {
  readonly quarantined: number;
  /** Seconds of each phase, in order. */
  readonly phases: Readonly<Record<string, number>>;
  /** Highest resident memory of the process, in bytes. */
  readonly peakBytes: number;
  /** Processor time of the process. */
  readonly cpuSeconds: number;
}

export const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF'] as const;
export const STATUSES = ['new', 'paid', 'shipped', 'returned'] as const;
/** Columns of the orders file, in order. */
export const RAW_COLUMNS = [
  'order_id',
  'customer_id',
  'ordered_at',
  'amount',
  'quantity',
  'discount',
  'currency',
  'status',
  'email',
  'note',
] as const;

/** Columns of the table that every contestant fills. */
export const TABLE_DDL = `order_id bigint, customer_id integer, ordered_at timestamp, amount numeric(12,2), quantity integer, discount integer,
  currency text, status text, email text, note text, total numeric(14,2), net_cents bigint, size_band text, country text, segment text`;

/** What the same output means: counts and sums over the table. */
export const FIGURES = `count(*)::text AS rows, sum(order_id)::text AS ids, sum(total)::text AS total, sum(net_cents)::text AS net,
  count(*) FILTER (WHERE size_band = 'large')::text AS large, count(DISTINCT country)::text AS countries,
  sum(length(coalesce(note, '')))::text AS notes, min(ordered_at)::text AS first, max(ordered_at)::text AS last, count(segment)::text AS segments`;

const CUSTOMERS = 100_000;

/**
 * Writes `orders.csv` and `customers.csv`, the same for the same seed. Of the orders some have nulls (2 %), text where a number or a time
 * belongs (1 %), outliers (1 %), customers that nobody knows (1 %), other faults (2 %); one in a hundred clean ones is there twice.
 */
export async function generate(
  folder: string,
  rows: number,
  seed: number,
): Promise<{ orders: string; customers: string }> {
  await mkdir(folder, { recursive: true });
  const [orders, customers] = [path.join(folder, 'orders.csv'), path.join(folder, 'customers.csv')];
  await withDuckDb(folder, 2048, async (connection) => {
    await connection.run(`COPY (SELECT i AS customer_id, ['DE','FR','IT','ES','PL','NL'][1 + i % 6] AS country, ['retail','business'][1 + i % 2] AS segment
      FROM range(${CUSTOMERS}) r(i)) TO '${customers}' (FORMAT csv, HEADER)`);
    const h = (salt: number, of: number): string => `(hash(i * 31 + ${salt} + ${seed} * 1000003) % ${of})::INTEGER`;
    const one = `SELECT i, ${h(0, 10_000)} AS fault, i + 1000000 AS order_id, ${h(1, CUSTOMERS)} AS customer_id,
        TIMESTAMP '2024-01-01 00:00:00' + to_seconds(${h(2, 63_000_000)}) AS ordered_at, (100 + ${h(3, 99_900)})::BIGINT AS cents,
        1 + ${h(4, 20)} AS quantity, 5 * ${h(5, 9)} AS discount, ['EUR','USD','GBP','CHF'][1 + ${h(6, 4)}] AS currency,
        ['new','paid','shipped','returned'][1 + ${h(7, 4)}] AS status, ${h(8, 100)} AS copied FROM range(${rows}) r(i)`;
    await connection.run(`COPY (
      SELECT order_id::VARCHAR AS order_id,
        CASE WHEN fault BETWEEN 0 AND 49 THEN NULL WHEN fault BETWEEN 50 AND 149 THEN (customer_id + 900000)::VARCHAR WHEN fault BETWEEN 150 AND 199 THEN 'unknown' ELSE customer_id::VARCHAR END AS customer_id,
        CASE WHEN fault BETWEEN 200 AND 249 THEN 'yesterday' WHEN fault BETWEEN 250 AND 299 THEN '2031-05-05 05:05:05' WHEN fault BETWEEN 300 AND 349 THEN NULL ELSE strftime(ordered_at, '%Y-%m-%d %H:%M:%S') END AS ordered_at,
        CASE WHEN fault BETWEEN 350 AND 399 THEN 'n/a' WHEN fault BETWEEN 400 AND 449 THEN '9999999.00' WHEN fault BETWEEN 450 AND 549 THEN NULL ELSE (cents // 100)::VARCHAR || '.' || lpad((cents % 100)::VARCHAR, 2, '0') END AS amount,
        CASE WHEN fault BETWEEN 550 AND 599 THEN '5000' ELSE quantity::VARCHAR END AS quantity, discount,
        CASE WHEN fault BETWEEN 600 AND 649 THEN 'XXX' ELSE currency END AS currency, CASE WHEN fault BETWEEN 650 AND 699 THEN 'lost' ELSE status END AS status,
        CASE WHEN fault BETWEEN 700 AND 749 THEN 'no address' ELSE 'user' || customer_id || '@example.org' END AS email,
        CASE WHEN i % 3 = 0 THEN NULL WHEN i % 3 = 1 THEN 'gift, wrapped ' || i % 1000 ELSE 'call before ' || i % 24 END AS note
      FROM (${one}) CROSS JOIN range(2) c(copy) WHERE copy = 0 OR (copied = 0 AND fault >= 750)
    ) TO '${orders}' (FORMAT csv, HEADER)`);
  });
  return { orders, customers };
}

/** An engine of this process with its limits. */
export async function withDuckDb<T>(
  folder: string,
  memoryLimitMb: number,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryLimitMb}MB`,
    threads: '2',
    temp_directory: folder,
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
