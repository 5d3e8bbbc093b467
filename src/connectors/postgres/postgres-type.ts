import type { ColumnType } from '../../model/column';

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'boolean',
  integer: 'integer',
  bigint: 'bigint',
  double: 'double precision',
  date: 'date',
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  uuid: 'uuid',
  json: 'jsonb',
  binary: 'bytea',
};

/** The type of a column in a table that Sluice makes, as `format_type` writes it. */
export function postgresType(type: ColumnType): string {
  return TYPES[type] ?? `numeric(${digits(type).join(',')})`;
}

/** The type of a column in a staging table: as in the target, but JSON keeps its text, so that it can be compared with its origin. */
export function stagingType(type: ColumnType): string {
  return type === 'json' ? 'json' : postgresType(type);
}

/** The logical type of a column, from `format_type`; what has none is a string. */
export function columnTypeOfPostgres(formatted: string): ColumnType {
  const known = Object.entries(TYPES).find(([, name]) => name === formatted)?.[0];
  if (known !== undefined) return known as ColumnType;
  if (formatted === 'json') return 'json';
  if (formatted === 'smallint') return 'integer';
  if (formatted === 'real') return 'double';
  const numeric = /^numeric\((\d+),(\d+)\)$/.exec(formatted);
  if (numeric && Number(numeric[1]) <= 38) return `decimal(${Number(numeric[1])},${Number(numeric[2])})`;
  return formatted === 'numeric' ? 'decimal(38,10)' : 'string';
}

/** Whether a column of a table holds every value of a logical type as it is. */
export function holds(formatted: string, type: ColumnType): boolean {
  if (formatted === postgresType(type)) return true;
  const numeric = /^numeric(?:\((\d+),(\d+)\))?$/.exec(formatted);
  switch (type) {
    case 'string':
      return /^(character varying(\(\d+\))?|citext)$/.test(formatted);
    case 'json':
      return formatted === 'json';
    case 'integer':
      return formatted === 'bigint' || (numeric !== null && whole(numeric) >= 10);
    case 'bigint':
      return numeric !== null && whole(numeric) >= 19;
    default: {
      if (!type.startsWith('decimal') || numeric === null) return false;
      const [precision = 0, scale = 0] = digits(type);
      return numeric[1] === undefined || (Number(numeric[2]) >= scale && whole(numeric) >= precision - scale);
    }
  }
}

/** Whether a column of a table can take a logical type in place of its own so that every value stays what it is. */
export function widens(formatted: string, type: ColumnType): boolean {
  const wide = postgresType(type);
  if (formatted === 'date') return wide === postgresType('timestamp');
  if (/^character varying|^character\(/.test(formatted)) return type === 'string';
  // What Sluice would only call a text may be anything.
  const isKnown = formatted in WIDENED || formatted.startsWith('numeric(');
  return isKnown && formatted !== wide && holds(wide, columnTypeOfPostgres(formatted));
}

const WIDENED: Readonly<Record<string, true>> = { smallint: true, integer: true, bigint: true, real: true };

function whole([, precision, scale]: RegExpExecArray): number {
  return precision === undefined ? Infinity : Number(precision) - Number(scale);
}

function digits(type: ColumnType): number[] {
  return [...type.matchAll(/\d+/g)].map(Number);
}
