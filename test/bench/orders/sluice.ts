import { readFile } from 'node:fs/promises';
import type { PipelineRunRecord } from '../../../src/durable/contracts/run-record';
import type { SluiceApp } from '../../support/sluice-app';
import { watchCpu } from '../cpu-watch';
import { EMAIL } from './conditions';
import { CURRENCIES, STATUSES } from './job';

const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
  warehouse:
    kind: postgres
    host: \${env:WAREHOUSE_HOST}
    port: \${env:WAREHOUSE_PORT}
    database: \${env:WAREHOUSE_DATABASE}
    user: \${env:WAREHOUSE_USER}
    password: \${secret:warehouse-password}
    tls: \${env:WAREHOUSE_TLS}
`;
const CUSTOMERS = `pipeline: customers
source: { connection: landing, files: customers/*.csv, columns: { customer_id: integer, country: string, segment: string } }
target: { connection: warehouse, table: mart.customers, writeDisposition: replace, key: [customer_id] }
`;
const ORDERS = `pipeline: orders
dependsOn: [customers]
source:
  connection: landing
  files: orders/*.csv
  format: { type: csv, multiline: false }
  partitions: { targetBytes: 100000000 }
transform:
  - cast: { order_id: bigint, customer_id: integer, ordered_at: timestamp, amount: 'decimal(12,2)', quantity: integer, discount: integer }
  - deduplicate: { keys: [order_id] }
  - derive:
      total: CAST(amount * quantity AS DECIMAL(14,2))
      net_cents: CAST(amount * 100 AS BIGINT) * (100 - discount)
      size_band: "CASE WHEN amount * quantity < 1000 THEN 'small' WHEN amount * quantity < 10000 THEN 'medium' ELSE 'large' END"
  - lookup: { from: customers, match: { customer_id: customer_id }, take: { country: country, segment: segment }, missing: quarantine }
checks:
  - notNull: [order_id, customer_id, ordered_at, amount]
  - range: { column: amount, min: 0.01, max: 50000 }
  - range: { column: quantity, min: 1, max: 100 }
  - acceptedValues: { column: currency, values: [${CURRENCIES.join(', ')}] }
  - acceptedValues: { column: status, values: [${STATUSES.join(', ')}] }
  - pattern: { column: email, regex: '${EMAIL}' }
  - length: { column: note, max: 120 }
  - expression: { sql: "ordered_at < TIMESTAMP '2026-01-01 00:00:00'" }
quarantine: { maxShare: 20% }
target: { connection: warehouse, table: mart.orders, writeDisposition: append }
verify: [{ rowCount: exact }]
`;

/** The files of the pipelines folder for the job. */
export const SLUICE_FILES: Readonly<Record<string, string>> = {
  'connections.yaml': CONNECTIONS,
  'customers.yaml': CUSTOMERS,
  'orders.yaml': ORDERS,
};

/** How one run of the job went, as its record says. */
export interface SluiceRun {
  readonly seconds: number;
  /** Wall clock of each step. */
  readonly phases: Readonly<Record<string, number>>;
  readonly quarantined: number;
  readonly partitions: number;
  /** Highest resident memory of the host's process, in bytes. */
  readonly peakBytes: number;
  /** Processor time of the host, the database and the storage while it ran. */
  readonly cpuSeconds: number;
}

/** Lands nothing: the files must be there. Loads the customers first, which is not counted, then the orders. */
export async function runSluice(app: SluiceApp): Promise<SluiceRun> {
  const customers = await app.ended(await app.start({ pipelines: ['customers'] }));
  if (customers.status !== 'Succeeded') throw new Error(JSON.stringify(customers));
  const usage = await watchCpu(app.pid());
  const began = performance.now();
  const record = await app.ended(await app.start({ pipelines: ['orders'] }), 3600);
  const seconds = (performance.now() - began) / 1000;
  const orders = record.pipelines[0];
  if (orders?.status !== 'Succeeded') throw new Error(JSON.stringify(record));
  return {
    seconds,
    cpuSeconds: await usage(),
    phases: phasesOf(orders),
    quarantined: orders.counts.quarantined,
    partitions: orders.partitions,
    peakBytes: await peakOf(app.pid()),
  };
}

function phasesOf(run: PipelineRunRecord): Record<string, number> {
  return Object.fromEntries(
    run.steps.map(({ step, startedAt, endedAt }) => [
      step,
      (Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) / 1000,
    ]),
  );
}

/** Linux alone tells it. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}
