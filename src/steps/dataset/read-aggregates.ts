import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import type { Aggregate, AggregateValues } from './aggregate';

/** Works out aggregates over a relation (what stands after FROM) in one look at its rows. */
export async function readAggregates(
  session: EngineSession,
  aggregates: readonly Aggregate[],
  relation: string,
): Promise<AggregateValues> {
  if (aggregates.length === 0) return {};
  const selected = aggregates.map(({ key, sql }, index) => ({ key, sql, name: `figure_${index}` }));
  const list = selected.map(({ sql, name }) => `CAST(${sql} AS VARCHAR) AS ${quoteIdentifier(name)}`);
  const [row] = await session.rows<Record<string, string | null>>(`SELECT ${list.join(', ')} FROM ${relation}`);
  return Object.fromEntries(selected.map(({ key, name }) => [key, row?.[name] ?? null]));
}
