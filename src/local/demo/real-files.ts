import path from 'node:path';

/** One real public data set of the npm package vega-datasets, and where the demo lands it. */
export interface RealFile {
  readonly pipeline: string;
  /** The file on disk. */
  readonly file: string;
  /** Blob path in the container. */
  readonly blob: string;
  /** What to compare between the raw file and the loaded table. */
  readonly comparison: Comparison;
}

/** The same questions, asked of PostgreSQL and of DuckDB over the raw file. Both dialects give one row of numbers. */
export interface Comparison {
  /** `schema.table` in the warehouse. */
  readonly table: string;
  /** How DuckDB reads the raw file, all of it; `?` is its path. */
  readonly read: string;
  readonly measures: readonly Measure[];
}

/** One sum: its name, over the table's columns, over the raw file's. */
export interface Measure {
  readonly name: string;
  readonly postgres: string;
  readonly duckdb: string;
}

/** The variable names another folder with files of the same names, such as smaller cuts of them. */
const DATA = process.env['SLUICE_DEMO_DATA'] ?? path.resolve(path.dirname(require.resolve('vega-datasets')), '../data');

/** The container that the demo lands files in, as `pipelines/connections.yaml` names it. */
export const LANDING_CONTAINER = 'landing';

/** The three files of the demo, in the order that the master loads them. */
export const REAL_FILES: readonly RealFile[] = [
  {
    pipeline: 'airports',
    file: path.join(DATA, 'airports.csv'),
    blob: 'airports/airports.csv',
    comparison: {
      table: 'aviation.airports',
      read: 'read_csv(?, all_varchar = true)',
      measures: [
        { name: 'sum(latitude)', postgres: 'sum(latitude::numeric)', duckdb: 'sum(latitude::decimal(18, 8))' },
        { name: 'sum(longitude)', postgres: 'sum(longitude::numeric)', duckdb: 'sum(longitude::decimal(18, 8))' },
      ],
    },
  },
  {
    pipeline: 'birdstrikes',
    file: path.join(DATA, 'birdstrikes.csv'),
    blob: 'birdstrikes/birdstrikes.csv',
    comparison: {
      table: 'aviation.birdstrikes',
      read: 'read_csv(?, all_varchar = true)',
      measures: [
        {
          name: 'sum(total cost)',
          postgres: 'sum(cost_total)',
          duckdb: `sum(nullif(replace("Cost Total $", ',', ''), '')::decimal(18, 2))`,
        },
      ],
    },
  },
  {
    pipeline: 'flights',
    file: path.join(DATA, 'flights-3m.parquet'),
    blob: 'flights/flights-3m.parquet',
    comparison: {
      table: 'aviation.flights',
      read: 'read_parquet(?)',
      measures: [
        { name: 'sum(distance)', postgres: 'sum(distance)', duckdb: 'sum(distance)' },
        { name: 'sum(delay)', postgres: 'sum(delay)', duckdb: 'sum(delay)' },
      ],
    },
  },
];
