import type { TargetConfig } from '../../../config/schema/pipeline';
import type { EngineValue } from '../../../engine/engine-session';
import { duckdbType } from '../../../engine/duckdb-type';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { TargetSchemaMismatchError } from '../../../errors/target-schema-mismatch-error';
import type { Column } from '../../../model/column';

/** A value as the service takes it: the type stands beside the text, so that 64-bit integers stay exact. */
export interface TypedValue {
  readonly type: 'Int32' | 'Int64' | 'Double' | 'DateTime' | 'Boolean' | 'String' | 'Guid' | 'Binary';
  readonly value: string;
}

export interface TableEntity extends Readonly<Record<string, TypedValue | string>> {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** Texts of dates, times, decimals and JSON stay exact; the service has no type for them. */
const TYPES: Readonly<Record<string, TypedValue['type']>> = {
  integer: 'Int32',
  bigint: 'Int64',
  double: 'Double',
  boolean: 'Boolean',
  timestamp: 'DateTime',
  timestamptz: 'DateTime',
  uuid: 'Guid',
  binary: 'Binary',
};

/** The type of the service that holds a column. */
export function entityType({ type }: Column): TypedValue['type'] {
  return TYPES[type] ?? 'String';
}

/** The columns that are the keys of the entities. Validation lets no target of this kind through without them. */
export function keysOf({ partitionKey, rowKey }: TargetConfig): { partitionKey: string; rowKey: string } {
  if (partitionKey === undefined || rowKey === undefined) throw new RangeError('A tables target names both keys');
  return { partitionKey, rowKey };
}

/** The engine's expression for the text of a value; the engine casts it back to the same value. */
export function entityText({ name, type }: Column): string {
  const value = `CAST(${quoteIdentifier(name)} AS ${duckdbType(type)})`;
  if (type === 'binary') return `base64(${value})`;
  if (type === 'timestamp' || type === 'timestamptz') return `strftime(${value}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
  const text = `CAST(${value} AS VARCHAR)`;
  if (type !== 'double') return text;
  return `CASE WHEN isnan(${value}) THEN 'NaN' WHEN isinf(${value}) THEN if(${value} > 0, 'Infinity', '-Infinity') ELSE ${text} END`;
}

/** An entity from a row of texts `c0`, `c1`, ... A null is a property that is not there. */
export function entityOf(
  row: Readonly<Record<string, EngineValue>>,
  columns: readonly Column[],
  target: TargetConfig,
): TableEntity {
  const keys = keysOf(target);
  const entity: Record<string, TypedValue | string> = {};
  columns.forEach((column, index) => {
    const text = row[`c${index}`];
    if (text === null || text === undefined) return;
    if (column.name === keys.partitionKey) entity['partitionKey'] = String(text);
    if (column.name === keys.rowKey) entity['rowKey'] = String(text);
    entity[column.name] = { type: entityType(column), value: String(text) };
  });
  return entity as unknown as TableEntity;
}

const RESERVED = ['PartitionKey', 'RowKey', 'Timestamp', 'partitionKey', 'rowKey', 'timestamp', 'etag'];

/**
 * Throws `target-schema-mismatch` for columns that cannot be properties, and for keys that the pipeline does not give.
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 */
export function checkProperties(columns: readonly Column[], target: TargetConfig, connection: string): void {
  const { partitionKey, rowKey } = keysOf(target);
  const names = columns.map(({ name }) => name);
  const faults = [
    ...names
      .filter((name) => !/^[A-Za-z][A-Za-z0-9_]{0,254}$/.test(name))
      .map((name) => `${name} is no name for a property`),
    ...names.filter((name) => RESERVED.includes(name)).map((name) => `${name} is a name of the service's own`),
    ...[partitionKey, rowKey].filter((key) => !names.includes(key)).map((key) => `${key} is missing in the pipeline`),
    ...(names.length > 252 ? [`there are ${names.length} columns, and an entity holds 252`] : []),
  ];
  if (faults.length === 0) return;
  throw new TargetSchemaMismatchError(
    `The columns of ${target.table ?? ''} do not fit: ${faults.join('; ')}`,
    connection,
  );
}
