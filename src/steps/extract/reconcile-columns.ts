import type { SourceConfig } from '../../config/schema/source';
import { SourceSchemaError } from '../../errors/source-schema-error';
import { SYSTEM_PREFIX, type Column, type ColumnType } from '../../model/column';
import { declaredColumns } from '../../model/declared-columns';

/** The columns of one file, as its header or footer has them. */
export interface FileColumns {
  readonly path: string;
  readonly columns: readonly Column[];
}

/** What may be read as what without losing anything. */
const WIDER: Partial<Record<string, readonly RegExp[]>> = {
  integer: [/^bigint$/, /^double$/, /^decimal\((1[0-9]|[23][0-9]),0\)$/],
  bigint: [/^decimal\((19|[23][0-9]),0\)$/],
  date: [/^timestamp$/],
};

/** Whether every value of a type is a value of the other. Everything can be a string, except binary. */
export function fits(type: ColumnType, wanted: ColumnType): boolean {
  const normal = wanted.replaceAll(' ', '');
  if (type === normal) return true;
  if (normal === 'string') return type !== 'binary';
  return WIDER[type]?.some((pattern) => pattern.test(normal)) ?? false;
}

/**
 * The columns of a slice: those that the pipeline declares, else those of its first file; the others follow `source.schema.columns`.
 * Types are those of the files, or the declared ones where `typed`. Throws `source-schema-mismatch` naming file and columns.
 */
export function reconcileColumns(
  files: readonly FileColumns[],
  config: Pick<SourceConfig, 'columns'> & { readonly schema: Pick<SourceConfig['schema'], 'columns' | 'types'> },
  typed: boolean,
  connection: string,
): Column[] {
  for (const file of files) checkNames(file, config, connection);
  const expected = expectedColumns(config, typed) ?? [...(files[0]?.columns ?? [])];
  const policy = config.schema.columns;
  const known = new Map(expected.map((column) => [column.name, column]));
  for (const { path, columns } of files) {
    const names = new Set(columns.map(({ name }) => name));
    const missing = [...known.keys()].filter((name) => !names.has(name));
    const extra = columns.filter(({ name }) => !known.has(name));
    const lenient = policy === 'evolve' || policy === 'discardValue';
    if (!lenient && (missing.length > 0 || extra.length > 0)) {
      throw new SourceSchemaError(difference(path, missing, extra, columns, policy), connection);
    }
    if (policy === 'evolve') for (const column of extra) known.set(column.name, column);
    if (config.schema.types === 'evolve') widen(columns, known);
    checkTypes(path, columns, known, connection);
  }
  return [...known.values()];
}

function expectedColumns(source: Pick<SourceConfig, 'columns'>, typed: boolean): Column[] | undefined {
  if (source.columns === undefined) return undefined;
  return declaredColumns(source).map(({ name, type }) => ({
    name,
    type: typed ? (type.replaceAll(' ', '') as ColumnType) : 'string',
    nullable: true,
  }));
}

function checkNames(
  { path, columns }: FileColumns,
  { columns: declared }: Pick<SourceConfig, 'columns'>,
  connection: string,
): void {
  const seen = new Set<string>();
  columns.forEach(({ name }, index) => {
    const fault =
      name === ''
        ? `column ${index + 1} has no name`
        : name.toLowerCase().startsWith(SYSTEM_PREFIX)
          ? `${name} begins with ${SYSTEM_PREFIX}, which is kept for Sluice`
          : seen.has(name.toLowerCase())
            ? `${declared === undefined || Object.hasOwn(declared, name) ? name : `the name of column ${index + 1}`} stands in the header twice (upper and lower case count as the same)`
            : name.includes('\0')
              ? `the name of column ${index + 1} holds a NUL`
              : null;
    if (fault !== null) throw new SourceSchemaError(`${path}: ${fault}`, connection);
    seen.add(name.toLowerCase());
  });
}

/** A type that holds all values of the one known before takes its place. */
function widen(columns: readonly Column[], known: Map<string, Column>): void {
  for (const column of columns) {
    const before = known.get(column.name);
    if (
      before !== undefined &&
      before.type !== column.type &&
      column.type !== 'string' &&
      fits(before.type, column.type)
    ) {
      known.set(column.name, { ...before, type: column.type });
    }
  }
}

function checkTypes(
  path: string,
  columns: readonly Column[],
  known: ReadonlyMap<string, Column>,
  connection: string,
): void {
  for (const { name, type } of columns) {
    const wanted = known.get(name)?.type;
    if (wanted === undefined || fits(type, wanted)) continue;
    throw new SourceSchemaError(`${path}: ${name} is ${type} where ${wanted} is expected`, connection);
  }
}

function difference(
  path: string,
  missing: readonly string[],
  extra: readonly Column[],
  columns: readonly Column[],
  policy: string,
): string {
  // A file without a header has the values of a row where names should stand: they are nobody's business here.
  if (missing.length > 0 && extra.length === columns.length && !columns.some(({ name }) => nearest(name, missing))) {
    const wanted = `${missing.slice(0, 10).join(', ')}${missing.length > 10 ? ', ...' : ''}`;
    return `None of the ${columns.length} columns of ${path} is expected (${wanted} are): has its first line the names of columns?`;
  }
  const parts = [
    ...missing.map((name) => {
      const near = columns.find((column) => nearest(column.name, [name]));
      return near ? `${name} is missing (there is '${near.name}')` : `${name} is missing`;
    }),
    ...extra.map(({ name }) => `${name} is not expected`),
  ];
  return `The columns of ${path} differ and source.schema.columns is ${policy}: ${parts.join('; ')}`;
}

function nearest(name: string, wanted: readonly string[]): boolean {
  return wanted.some((each) => each.trim().toLowerCase() === name.trim().toLowerCase());
}
