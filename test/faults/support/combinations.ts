import type { World } from './world';

/** Rows of one delivery: `id` is the key, `amount` may be no number, and `seq` grows. All are texts but `seq`. */
export interface Row {
  readonly id: string;
  readonly country: string;
  readonly amount: string;
  readonly note: string;
  readonly seq: number;
}

/** A place that rows come from. */
export interface SourceKind {
  readonly name: string;
  /** YAML of `source` for a pipeline; `whole` where each run is to take everything. */
  yaml(pipeline: string, whole: boolean): string;
  /** Puts a delivery there; where the source cannot know what is new it stands for all that is there. */
  deliver(world: World, pipeline: string, delivery: number, rows: readonly Row[]): Promise<void>;
}

/** A place that rows go to, and how. */
export interface TargetMode {
  readonly name: string;
  readonly kind: 'postgres' | 'blob' | 'tables';
  /** YAML of `target`. */
  yaml(pipeline: string): string;
  /** Each run takes everything, since what it does not bring is gone. */
  readonly whole: boolean;
  /** Whether the load that is interrupted meets an earlier one. */
  readonly meetsEarlierLoad: boolean;
}

const COLUMNS = '{ id: string, country: string, amount: string, note: string, seq: integer }';
const files = (connection: string, ending: string) => (pipeline: string, whole: boolean) =>
  `{ connection: ${connection}, files: '${pipeline}/*.${ending}', partitions: { min: 2 }${whole ? '' : ', incremental: { by: file }'} }`;

export const SOURCES: readonly SourceKind[] = [
  {
    name: 'blob csv',
    yaml: files('landing', 'csv'),
    deliver: async (world, pipeline, delivery, rows) => {
      for (const [part, half] of halves(rows).entries())
        await world.land('landing', `${pipeline}/${delivery}-${part}.csv`, csvOf(half));
    },
  },
  {
    name: 'blob parquet',
    yaml: files('landing', 'parquet'),
    deliver: async (world, pipeline, delivery, rows) => {
      for (const [part, half] of halves(rows).entries())
        await world.land('landing', `${pipeline}/${delivery}-${part}.parquet`, await world.parquetOf(half));
    },
  },
  {
    name: 'folder csv',
    yaml: files('inbox', 'csv'),
    deliver: async (world, pipeline, delivery, rows) => {
      for (const [part, half] of halves(rows).entries())
        await world.writeInbox(`${pipeline}/${delivery}-${part}.csv`, csvOf(half));
    },
  },
  {
    name: 'postgres',
    yaml: (pipeline, whole) =>
      `{ connection: warehouse, table: src.${pipeline}, partitions: { by: seq, min: 2 }${whole ? '' : ', incremental: { by: column, column: seq }'} }`,
    deliver: (world, pipeline, _, rows) => world.insertSource(pipeline, rows),
  },
  {
    name: 'http',
    yaml: (pipeline) =>
      `{ connection: shop, request: { path: /${pipeline} }, pagination: { by: page, size: 20 }, columns: ${COLUMNS} }`,
    deliver: async (world, pipeline, _, rows) => world.serve(pipeline, rows),
  },
  {
    name: 'tables',
    yaml: (pipeline) =>
      `{ connection: entities, table: source${pipeline}, columns: ${COLUMNS}, schema: { columns: discardValue } }`,
    deliver: (world, pipeline, _, rows) => world.upsertEntities(`source${pipeline}`, rows),
  },
];

const postgres = (name: string, more: string, parts: Partial<TargetMode>): TargetMode => ({
  name: `postgres ${name}`,
  kind: 'postgres',
  yaml: (pipeline) => `{ connection: warehouse, table: mart.${pipeline}, ${more} }`,
  whole: false,
  meetsEarlierLoad: true,
  ...parts,
});
const merge = (strategy: string): TargetMode =>
  postgres(strategy, `writeDisposition: merge, key: [id], merge: { strategy: ${strategy} }`, {});
const blob = (name: string, more: string, parts: Partial<TargetMode>): TargetMode => ({
  ...postgres(name, '', parts),
  name: `blob ${name}`,
  kind: 'blob',
  yaml: (pipeline) => `{ connection: lake, path: mart/${pipeline}, ${more} }`,
});

export const TARGETS: readonly TargetMode[] = [
  postgres('append', 'writeDisposition: append', { meetsEarlierLoad: false }),
  postgres('replace', 'writeDisposition: replace', { whole: true }),
  merge('upsert'),
  merge('delete-insert'),
  merge('scd2'),
  blob('append', 'writeDisposition: append', { meetsEarlierLoad: false }),
  blob('replace', 'writeDisposition: replace', { whole: true }),
  blob('merge', 'partitionBy: [country], writeDisposition: merge', {}),
  {
    name: 'tables merge',
    kind: 'tables',
    yaml: (pipeline) =>
      `{ connection: entities, table: target${pipeline}, partitionKey: country, rowKey: id, writeDisposition: merge }`,
    whole: false,
    meetsEarlierLoad: true,
  },
];

/** One source with one target. */
export interface Combination {
  readonly source: SourceKind;
  readonly target: TargetMode;
}

/** Every source with every target. */
export const COMBINATIONS: readonly Combination[] = SOURCES.flatMap((source) =>
  TARGETS.map((target) => ({ source, target })),
);

export function titleOf({ source, target }: Combination): string {
  return `${source.name} to ${target.name}`;
}

/** The pipeline's file. Rows without a number as amount, and those above 900, are quarantined. */
export function pipelineYaml({ source, target }: Combination, name: string): string {
  return `pipeline: ${name}
source: ${source.yaml(name, target.whole)}
transform: [{ cast: { amount: 'decimal(10,2)', seq: integer } }, { derive: { label: "country || '-' || id" } }]
checks: [{ notNull: [country, id] }, { unique: [country, id] }, { range: { column: amount, max: 900 } }]
quarantine: { maxShare: 90% }
target: ${target.yaml(name)}
verify: [{ rowCount: exact }]
retry: { maxAttempts: 4 }
`;
}

/** What arrives in delivery 0, 1, 2: some rows again with other values, some new ones, some that are bad. */
export function rowsOf(delivery: number): Row[] {
  return Array.from({ length: 40 }, (_, index) => {
    const id = delivery * 25 + index;
    const bad = index % 13 === 5 ? 'n/a' : index % 13 === 9 ? '1000.00' : `${id}.${delivery}0`;
    return {
      id: String(id),
      country: ['DE', 'FR', 'IT'][id % 3]!,
      amount: bad,
      note: `delivery ${delivery}, "row" ${index}`,
      seq: delivery * 40 + index,
    };
  });
}

function halves<T>(rows: readonly T[]): [T[], T[]] {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
}

function csvOf(rows: readonly Row[]): Buffer {
  const quoted = (value: string | number): string => `"${String(value).replaceAll('"', '""')}"`;
  const lines = rows.map(({ id, country, amount, note, seq }) =>
    [id, country, amount, note, seq].map(quoted).join(','),
  );
  return Buffer.from(['id,country,amount,note,seq', ...lines, ''].join('\n'));
}
