import { quoteLiteral } from '../engine/quote-literal';
import { pipeline as pipelineSchema, type ParameterConfig, type PipelineConfig } from './schema/pipeline';
import { isQuotedAt } from './sql-quotes';
import type { YamlPath } from './yaml/yaml-path';

/** The value of a parameter, as JSON carries it. Dates are `2001-12-31`. */
export type ParameterValue = string | number | boolean | null;

/**
 * Replaces every `${param:name}` of a pipeline. In an expression or SQL statement a value becomes a typed literal, so that
 * it cannot change the statement; anywhere else its text. `literals` gives expressions their own values (validation binds
 * `CAST(NULL AS ...)` where there is no value yet). Declarations of parameters are left alone.
 */
export function withParameters(
  pipeline: PipelineConfig,
  values: Readonly<Record<string, ParameterValue>>,
): PipelineConfig {
  const replace = (node: unknown, path: YamlPath): unknown => {
    if (typeof node === 'string') return substitute(node, path);
    if (Array.isArray(node)) return node.map((item, index) => replace(item, [...path, index]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, replace(value, [...path, key])]));
  };
  const substitute = (text: string, path: YamlPath): string =>
    text.replace(PARAMETER, (whole, name: string) => {
      const declared = Object.hasOwn(pipeline.parameters, name) ? pipeline.parameters[name] : undefined;
      if (declared === undefined) return whole;
      const value = Object.hasOwn(values, name) ? (values[name] ?? null) : null;
      return isSql(path) ? parameterLiteral(declared, value) : String(value ?? '');
    });
  if (Object.keys(pipeline.parameters).length === 0) return pipeline;
  const { parameters, unitTests, ...rest } = pipeline;
  return pipelineSchema.parse({ ...(replace(rest, []) as object), parameters, unitTests });
}

const PARAMETER = /\$\{param:([^}:]*)\}/g;

/** Whether a path of a pipeline holds SQL rather than text. */
function isSql(path: YamlPath): boolean {
  const [section, , kind, inner, , part] = path;
  if (section === 'transform') {
    return (
      kind === 'filter' ||
      kind === 'derive' ||
      kind === 'sql' ||
      (kind === 'aggregate' && inner === 'measures') ||
      (kind === 'rule' && ['when', 'set', 'else'].includes(String(inner))) ||
      (kind === 'rules' && (inner === 'else' || ['when', 'set'].includes(String(part))))
    );
  }
  return (section === 'checks' && kind === 'expression' && inner === 'sql') || (section === 'verify' && kind === 'sql');
}

const SQL_TYPES = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE PRECISION',
  boolean: 'BOOLEAN',
  date: 'DATE',
} as const;

/** A literal that DuckDB and PostgreSQL read alike, in parentheses. */
export function parameterLiteral({ type }: ParameterConfig, value: ParameterValue): string {
  const text = value === null ? 'NULL' : typeof value === 'string' ? quoteLiteral(value) : `'${String(value)}'`;
  return `CAST(${text} AS ${SQL_TYPES[type]})`;
}

/** A placeholder and where it stands. */
export interface Placeholder {
  readonly path: YamlPath;
  readonly name: string;
  /** In SQL, inside quotes or a comment, where a literal cannot be put. */
  readonly quoted: boolean;
}

/** The placeholders of one kind in a value such as a pipeline. */
export function placeholdersIn(value: unknown, kind: 'param' | 'secret' | 'certificate'): Placeholder[] {
  const pattern = new RegExp(`\\$\\{${kind}:([^}]*)\\}`, 'g');
  const found: Placeholder[] = [];
  const walk = (node: unknown, path: YamlPath): void => {
    if (typeof node === 'string') {
      for (const match of node.matchAll(pattern)) {
        found.push({ path, name: match[1] ?? '', quoted: isSql(path) && isQuotedAt(node, match.index) });
      }
    } else if (Array.isArray(node)) node.forEach((item, index) => walk(item, [...path, index]));
    else if (typeof node === 'object' && node !== null) {
      for (const [key, inner] of Object.entries(node)) walk(inner, [...path, key]);
    }
  };
  walk(value, []);
  return found;
}
