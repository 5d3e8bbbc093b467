import type { SourceConfig } from '../../../config/schema/source';
import { quoteIdentifier } from '../../../engine/quote-identifier';

/**
 * What stands behind FROM: the table, or the query of the pipeline's author in parentheses. A comment at the query's end cannot
 * swallow the parenthesis, because of the line end before it.
 */
export function relationSql({ table, query }: Pick<SourceConfig, 'table' | 'query'>): string {
  if (table === undefined) return `(${query ?? ''}\n) AS "source"`;
  const dot = table.indexOf('.');
  const schema = dot < 0 ? 'public' : table.slice(0, dot);
  return `${quoteIdentifier(schema)}.${quoteIdentifier(table.slice(dot + 1))}`;
}

/** The relation in words, for messages. */
export function relationLabel({ table }: Pick<SourceConfig, 'table'>): string {
  return table ?? 'the query';
}
