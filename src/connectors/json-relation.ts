import type { SourceConfig } from '../config/schema/source';
import type { EngineSession } from '../engine/engine-session';
import { quoteIdentifier } from '../engine/quote-identifier';
import { quoteLiteral } from '../engine/quote-literal';
import { SourceSchemaError } from '../errors/source-schema-error';
import { SYSTEM_COLUMNS, type Column } from '../model/column';
import { jsonPointer } from '../steps/json-pointer';

export interface JsonRelationRequest {
  /** A query that gives JSON texts not yet looked into: `f` file, `n` row, `raw` text. */
  readonly texts: string;
  readonly columns: readonly Column[];
  readonly policy: SourceConfig['schema']['columns'];
  /** Name of a file or page by its index, for errors. */
  readonly label: (file: number) => string;
  readonly session: EngineSession;
  /** The connection's name, for errors. */
  readonly connection: string;
}

/** Queries over JSON texts: the objects' keys as columns of text, and what is no object or has keys that it may not have. */
export interface JsonRelation {
  readonly selectSql: string;
  readonly rejectsSql: string;
}

/**
 * Every planned column is a key at the top of an object, as text; nested values are JSON texts. Throws `source-schema-mismatch` for a
 * key that is no column, where the policy is to freeze.
 */
export async function jsonRelation(request: JsonRelationRequest): Promise<JsonRelation> {
  const { texts, columns, policy } = request;
  const names = columns.map(({ name }) => quoteLiteral(name)).join(', ');
  const known = `list_has_all([${names}]::VARCHAR[], json_keys(raw))`;
  const isObject = `(json_valid(raw) AND json_type(CASE WHEN json_valid(raw) THEN raw END) = 'OBJECT')`;
  const strict = policy === 'discardRow' || policy === 'quarantineRow';
  if (policy === 'freeze' || policy === 'evolve') await refuseUnknownKeys(request, isObject, known);
  const good = strict ? `CASE WHEN ${isObject} THEN ${known} ELSE false END` : isObject;
  const reason = `CASE WHEN ${isObject} THEN 'malformed-row(a key that is no column)' ELSE 'malformed-row(no JSON object)' END`;
  const system = `f AS ${SYSTEM_COLUMNS.file}, n AS ${SYSTEM_COLUMNS.row}`;
  return {
    selectSql: `SELECT ${[...columns.map(member), system].join(', ')} FROM (${texts}) WHERE ${good}`,
    rejectsSql: `SELECT ${system}, ${reason} AS reason, left(raw, 65536) AS raw FROM (${texts}) WHERE NOT coalesce(${good}, false)`,
  };
}

/** The text of a key at the top of an object: a JSON pointer, in which `~` and `/` are escaped (RFC 6901). */
function member({ name }: Column): string {
  return `json_extract_string(raw, ${quoteLiteral(jsonPointer([name]))}) AS ${quoteIdentifier(name)}`;
}

async function refuseUnknownKeys(
  { texts, columns, session, label, connection }: JsonRelationRequest,
  isObject: string,
  known: string,
): Promise<void> {
  const found = await session.rows<{ f: number; n: bigint; keys: string }>(
    `SELECT f, n, CAST(to_json(json_keys(raw)) AS VARCHAR) AS keys FROM (${texts})
     WHERE ${isObject} AND NOT ${known} ORDER BY f, n LIMIT 1`,
  );
  const first = found[0];
  if (first === undefined) return;
  const names = new Set(columns.map(({ name }) => name));
  const unknown = (JSON.parse(first.keys) as string[]).filter((key) => !names.has(key));
  throw new SourceSchemaError(
    `${label(first.f)}, row ${first.n}, has keys that are no columns of the plan: ${unknown.map(shownKey).join(', ').slice(0, 300)}`,
    connection,
  );
}

/** A key that is a name. Maps have values for keys, such as e-mail addresses, which stand in no message. */
function shownKey(key: string): string {
  return /^[A-Za-z_$][\w$.-]{0,62}$/.test(key) && !/\d{5}/.test(key) ? key : `one of ${key.length} characters`;
}
