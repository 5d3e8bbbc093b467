import { jsonSchemaOf, type JsonSchema } from './json-schema';
import type { FileKind } from './schema/files';
import { schemasAt } from './schema-walk';
import { parsePath } from './yaml/yaml-path';

const BLOCK = /<!-- keys: (\w+)(?: (\S+?))?(?: (\w+)=(\S+))? -->\n[\s\S]*?<!-- end of keys -->/g;

/**
 * Fills the tables of keys in a Markdown text: whatever stands between `<!-- keys: pipeline source.partitions -->` and
 * `<!-- end of keys -->` becomes a table of the keys at that path. `type=csv` at the end picks one member of a union.
 */
export function fillReferenceTables(markdown: string): string {
  return markdown.replace(BLOCK, (block: string, kind: FileKind, path?: string, key?: string, value?: string) => {
    const start = block.slice(0, block.indexOf('\n'));
    return `${start}\n\n${tableOf(kind, path ?? '', key, value)}\n\n<!-- end of keys -->`;
  });
}

function tableOf(kind: FileKind, path: string, key?: string, value?: string): string {
  const members = schemasAt(jsonSchemaOf(kind), parsePath(path)).filter(
    ({ properties }) => properties !== undefined && (key === undefined || properties[key]?.const === value),
  );
  const rows = new Map<string, string[]>();
  for (const { properties = {}, required = [] } of members) {
    for (const [name, schema] of Object.entries(properties)) {
      rows.set(name, [
        `\`${name}\``,
        typeOf(schema),
        defaultOf(schema, required.includes(name)),
        escape(schema.description ?? ''),
      ]);
    }
  }
  if (rows.size === 0) throw new RangeError(`there are no keys at '${path}' of ${kind}`);
  return aligned([['Key', 'Type', 'Default', 'Meaning'], ...rows.values()]);
}

/** A table as Prettier leaves it: columns padded to their widest cell. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}

function defaultOf(schema: JsonSchema, required: boolean): string {
  if (required) return 'required';
  if (schema.default === undefined || isEmpty(schema.default)) return '';
  const text = typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default);
  return text === '' ? "`''`" : `\`${escape(text)}\``;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function typeOf(schema: JsonSchema): string {
  const members = schema.anyOf ?? schema.oneOf;
  if (members !== undefined) return [...new Set(members.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const).replaceAll('"', '')}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${escape(String(value)) || "''"}\``).join(', ');
  if (typeof schema.type === 'object') return schema.type.map((type) => typeOf({ type })).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'values' : typeOf(schema.items)}`;
  if (schema.type === 'object')
    return schema.properties === undefined && schema.additionalProperties !== false ? 'map' : 'map of keys';
  return (
    { string: 'text', integer: 'integer', number: 'number', boolean: 'boolean', null: 'null' }[schema.type ?? ''] ??
    'any'
  );
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|');
}
