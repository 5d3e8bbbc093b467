import type { TransformStep } from '../../../config/schema/transform';
import type { EngineSession } from '../../../engine/engine-session';
import type { Column } from '../../../model/column';
import { referenceIdOf } from '../../../model/reference-file';
import { parseOrder } from '../steps/bind-deduplicate';
import { toSnakeCase } from '../to-snake-case';
import { expressionReads } from './expression-reads';
import { queryEffect } from './query-effect';
import { rulesEffect } from './rules-effect';
import { passing, replacing, type ColumnEffect, type StepEffect } from './step-effect';

/** What is known around a step. */
export interface EffectScope {
  readonly session: EngineSession;
  /** Names of the columns before it. */
  readonly names: readonly string[];
  /** The same with their types; null when nobody knows them. */
  readonly before: readonly Column[] | null;
  /** Names of the columns after it, where they are known. */
  readonly after: readonly string[] | null;
  /** Columns that a mask step masks. */
  readonly maskedColumns: readonly string[];
}

/** What a step does to columns and rows, from its configuration alone. */
export async function effectOfStep(step: TransformStep, scope: EffectScope): Promise<StepEffect> {
  const { names, session } = scope;
  const reads = (text: string) => expressionReads(session, text, names);
  if ('filter' in step) {
    return { columns: passing(names), rows: [{ expression: step.filter, reads: await reads(step.filter) }] };
  }
  if ('deduplicate' in step) {
    const { keys = names, orderBy } = step.deduplicate;
    const read = present([...keys, ...orderBy.map((text) => parseOrder(text).column)], names);
    const expression = [keys.join(', '), ...(orderBy.length > 0 ? [`by ${orderBy.join(', ')}`] : [])].join(' ');
    return { columns: passing(names), rows: [{ expression, reads: read }] };
  }
  if ('sql' in step) return queryEffect(session, step.sql, names, scope.after);
  if ('rule' in step || 'rules' in step) return rulesEffect(step, names, reads);
  if ('derive' in step) {
    const made = await Promise.all(
      Object.entries(step.derive).map(async ([name, expression]): Promise<ColumnEffect> => {
        const from = await reads(expression);
        return { name, from, did: { expression, reads: from } };
      }),
    );
    return { columns: replacing(names, made), rows: [] };
  }
  if ('aggregate' in step) {
    const { groupBy, measures } = step.aggregate;
    const groups = present(groupBy, names);
    const folded = await Promise.all(
      Object.entries(measures).map(async ([name, expression]): Promise<ColumnEffect> => {
        const from = await reads(expression);
        return { name, from, did: { expression, reads: from } };
      }),
    );
    return {
      columns: [...groups.map((name) => ({ name, from: [name] })), ...folded],
      rows: [{ expression: `by ${groupBy.join(', ')}`, reads: groups }],
    };
  }
  return plainEffect(step, scope);
}

type PlainStep = Exclude<
  TransformStep,
  | { filter: unknown }
  | { deduplicate: unknown }
  | { sql: unknown }
  | { rule: unknown }
  | { rules: unknown }
  | { derive: unknown }
  | { aggregate: unknown }
>;

/** Steps without expressions. */
function plainEffect(step: PlainStep, { names, before, maskedColumns }: EffectScope): StepEffect {
  if ('rename' in step) return { columns: renamed(step.rename, names), rows: [] };
  if ('select' in step) return { columns: passing(present(step.select, names)), rows: [] };
  if ('drop' in step) {
    const gone = new Set(step.drop.map((name) => name.toLowerCase()));
    return { columns: passing(names.filter((name) => !gone.has(name.toLowerCase()))), rows: [] };
  }
  if ('cast' in step) {
    const casts = Object.entries(step.cast).map(([name, to]) => changed(name, typeof to === 'string' ? to : to.type));
    return { columns: replacing(names, casts), rows: [] };
  }
  if ('cleanse' in step) {
    const texts = before?.filter(({ type }) => type === 'string').map(({ name }) => name) ?? names;
    const cleaned = step.cleanse.columns === '*' ? texts : step.cleanse.columns;
    return {
      columns: replacing(
        names,
        cleaned.map((name) => changed(name, null)),
      ),
      rows: [],
    };
  }
  if ('lookup' in step) return lookupEffect(step.lookup, names);
  if ('unnest' in step) {
    const { column, as, fields, ordinal, keepEmpty } = step.unnest;
    const kept = names.filter((name) => name.toLowerCase() !== column.toLowerCase());
    const single = as ?? (fields === undefined ? column : undefined);
    const made = [
      ...(single === undefined ? [] : [{ name: single, expression: null }]),
      ...Object.entries(fields ?? {}).map(([name, expression]) => ({ name, expression })),
      ...(ordinal === undefined ? [] : [{ name: ordinal, expression: 'place in the list' }]),
    ];
    const effects = made.map(({ name, expression }) => ({
      name,
      from: [column],
      did: { expression, reads: [column] },
    }));
    const expression = keepEmpty ? 'a row for each element' : 'a row for each element, none for an empty list';
    return { columns: [...passing(kept), ...effects], rows: [{ expression, reads: [column] }] };
  }
  const masks = maskedColumns.map((name) => ({ ...changed(name, step.mask.method), masked: true }));
  return { columns: replacing(names, masks), rows: [] };
}

function changed(name: string, expression: string | null): ColumnEffect {
  return { name, from: [name], did: { expression, reads: [name] } };
}

function renamed(rename: 'snake_case' | Readonly<Record<string, string>>, names: readonly string[]): ColumnEffect[] {
  const given =
    rename === 'snake_case' ? names.map((name) => [name, toSnakeCase(name)] as const) : Object.entries(rename);
  const news = new Map(given.map(([old, name]) => [old.toLowerCase(), name]));
  return names.map((old) => {
    const name = news.get(old.toLowerCase()) ?? old;
    return { name, from: [old], ...(name !== old && { did: { expression: old, reads: [old] } }) };
  });
}

function lookupEffect(lookup: Extract<PlainStep, { lookup: unknown }>['lookup'], names: readonly string[]): StepEffect {
  const match = present(Object.keys(lookup.match), names);
  const from = referenceIdOf(lookup.from);
  const expression = Object.entries(lookup.match)
    .map(([ours, theirs]) => `${ours} = ${theirs}`)
    .join(', ');
  const taken = Object.entries(lookup.take).map(([name, column]) => ({
    name,
    from: [],
    did: { expression: `${from}.${column} where ${expression}`, reads: match },
    lookup: { from, column, match },
  }));
  const decides = lookup.missing === 'quarantine';
  return { columns: replacing(names, taken), rows: decides ? [{ expression, reads: match }] : [] };
}

function present(wanted: readonly string[], names: readonly string[]): string[] {
  const found = wanted.map((name) => names.find((other) => other.toLowerCase() === name.toLowerCase()));
  return [...new Set(found.filter((name) => name !== undefined))];
}
