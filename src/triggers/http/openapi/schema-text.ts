import { html, type Html } from './html';
import type { JsonSchema } from './json-schema-of';

/** A schema as people read it: types as TypeScript writes them, names of components as links. */
export function schemaText(schema: unknown, indent = ''): Html {
  const { $ref, anyOf, oneOf, enum: values, const: only, type, items } = (schema ?? {}) as JsonSchema;
  if (typeof $ref === 'string') {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) return between(choices.map((choice: unknown) => schemaText(choice, indent)));
  if (Array.isArray(values)) return between(values.map((value: unknown) => html`${JSON.stringify(value)}`));
  if (only !== undefined) return html`${JSON.stringify(only)}`;
  if (type === 'array') {
    const inner = schemaText(items, indent);
    return inner.html.includes(' | ') ? html`(${inner})[]` : html`${inner}[]`;
  }
  if (type === 'object') return objectText(schema as JsonSchema, indent);
  return html`${typeof type === 'string' ? type : 'any'}`;
}

function between(choices: readonly Html[]): Html {
  return html`${choices.map((choice, index) => (index === 0 ? choice : html` | ${choice}`))}`;
}

function objectText({ properties = {}, required = [], additionalProperties }: JsonSchema, indent: string): Html {
  const inner = `${indent}  `;
  const needed = required as readonly string[];
  const lines = Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([name, schema]) => {
    const { description } = schema;
    const remark = typeof description === 'string' ? html` <i>${description}</i>` : '';
    return html` ${inner}${name}${needed.includes(name) ? '' : '?'}: ${schemaText(schema, inner)}${remark}`;
  });
  if (typeof additionalProperties === 'object' && additionalProperties !== null) {
    lines.push(html` ${inner}[name]: ${schemaText(additionalProperties, inner)}`);
  }
  return lines.length === 0 ? html`{}` : html`{${lines} ${indent}}`;
}
