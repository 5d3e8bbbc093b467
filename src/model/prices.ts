/** Access tiers of blobs, the dearest to keep first. */
export const TIERS = ['hot', 'cool', 'cold', 'archive'] as const;
export type Tier = (typeof TIERS)[number];

/** What things cost, in one currency. */
export interface Prices {
  /** Day on which they held: `YYYY-MM-DD`. */
  readonly date: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly region: string;
  readonly compute: { readonly gigabyteSecond: number; readonly millionExecutions: number };
  /** Per 10,000 requests. */
  readonly blobOperations: {
    readonly write: number;
    readonly list: number;
    readonly read: number;
    readonly other: number;
  };
  readonly tableOperations: number;
  /** Per GB and month. */
  readonly blobStorage: Readonly<Record<Tier, number>>;
  /** Of a database server, per hour; charged for the share of time in which a run had it open. */
  readonly databaseHour: { readonly default: number; readonly connections: Readonly<Record<string, number>> };
  /** Per GB that leaves for another region or the internet; connections that are not named are in the app's region. */
  readonly egress: {
    readonly internet: number;
    readonly otherRegion: number;
    readonly connections: Readonly<Record<string, 'internet' | 'otherRegion'>>;
  };
}

/** Days after which a table of prices is old. */
export const OLD_AFTER_DAYS = 180;

/**
 * List prices in US dollars for East US, to begin with: pay as you go, no discounts, no free grants, Flex Consumption on demand, general purpose v2
 * with locally redundant storage. `prices.yaml` in the pipelines folder takes their place.
 */
export const DEFAULT_PRICES: Prices = {
  date: '2025-06-01',
  currency: 'USD',
  region: 'eastus',
  compute: { gigabyteSecond: 0.000026, millionExecutions: 0.4 },
  blobOperations: { write: 0.05, list: 0.05, read: 0.004, other: 0.004 },
  tableOperations: 0.00036,
  blobStorage: { hot: 0.018, cool: 0.01, cold: 0.0036, archive: 0.001 },
  databaseHour: { default: 0.178, connections: {} },
  egress: { internet: 0.087, otherRegion: 0.02, connections: {} },
};
