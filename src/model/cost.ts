import type { Prices } from './prices';
import type { Usage } from './usage';

/** What usage costs, by what it is paid for, in the currency of the prices. */
export interface Cost {
  readonly compute: number;
  readonly executions: number;
  readonly blobOperations: number;
  readonly tableOperations: number;
  readonly database: number;
  readonly egress: number;
  readonly total: number;
}

const GB = 1024 ** 3;

/** Works out what usage costs; what prices do not name costs nothing. */
export function costOf(usage: Usage, prices: Prices): Cost {
  const { blob } = usage;
  const { write, list, read, other } = prices.blobOperations;
  const { databaseHour, egress } = prices;
  const connections = Object.entries(usage.connections);
  const parts = {
    compute: usage.gbSeconds * prices.compute.gigabyteSecond,
    executions: (usage.executions * prices.compute.millionExecutions) / 1e6,
    blobOperations: (blob.write * write + blob.list * list + blob.read * read + blob.other * other) / 10_000,
    tableOperations: (usage.table * prices.tableOperations) / 10_000,
    database: sum(
      connections.map(([name, { ms }]) => (ms / 3_600_000) * (databaseHour.connections[name] ?? databaseHour.default)),
    ),
    egress: sum(
      connections.map(([name, { sentBytes }]) => {
        const where = egress.connections[name];
        return where === undefined ? 0 : (sentBytes / GB) * egress[where];
      }),
    ),
  };
  return { ...parts, total: sum(Object.values(parts)) };
}

/** Days from the date of the prices to a time (ISO 8601). */
export function ageOfPrices({ date }: Prices, now: string): number {
  return Math.floor((Date.parse(now) - Date.parse(date)) / 86_400_000);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
