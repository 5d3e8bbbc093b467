import { quoteIdentifier } from '../../engine/quote-identifier';
import { quoteLiteral } from '../../engine/quote-literal';
import type { EngineSession } from '../../engine/engine-session';
import type { Column } from '../../model/column';
import { hidden, personalKind } from './personal-data';
import type { ColumnProfile, Reading, ValueCount } from './profile-types';
import { chooseReading, readingFacts, type ReadingFacts } from './choose-reading';
import { typedValue } from './typed-value';

const MOST_VALUES = 12;
const MOST_PATTERNS = 5;

/** Looks at one column of a relation with so many rows. */
export async function profileColumn(
  session: EngineSession,
  relation: string,
  { name, type }: Column,
  rows: number,
): Promise<ColumnProfile> {
  const quoted = quoteIdentifier(name);
  const isText = type === 'string';
  const text = isText ? await profileText(session, relation, name) : { ...NO_TEXT, reading: { type } };
  const { reading, nullTokens } = text;
  const { values, ...figures } = await figuresOf(session, relation, quoted, { reading, nullTokens, isText });
  const personal = text.personal ?? personalKind(name, 0, {});
  const show = (value: string): string => (personal === null ? value : hidden(value));
  const value = present(quoted, nullTokens);
  const top = await commonest(session, relation, value, MOST_VALUES);
  return {
    name,
    sourceType: type,
    ...text,
    ...figures,
    nulls: rows - values,
    min: figures.min === null ? null : show(figures.min),
    max: figures.max === null ? null : show(figures.max),
    top: top.map((one) => ({ ...one, value: show(one.value) })),
    // Writing without capitals would show in a shape as it is.
    patterns: isText && personal === null ? await commonest(session, relation, shapeOf(value), MOST_PATTERNS) : [],
    personal,
  };
}

type TextProfile = Pick<ColumnProfile, 'reading' | 'ambiguous' | 'misfits' | 'nullTokens' | 'spaced' | 'personal'>;

const NO_TEXT = { ambiguous: false, misfits: 0, nullTokens: [], spaced: 0, personal: null } as const;

async function profileText(session: EngineSession, relation: string, name: string): Promise<TextProfile> {
  const quoted = quoteIdentifier(name);
  const facts = await readingFacts(session, relation, quoted);
  const chosen = await chooseReading(session, relation, quoted, facts);
  return { ...chosen, spaced: facts.spaced, personal: personalKind(name, facts.values, facts.personal) };
}

/** The text of a value without spaces around it; null for blanks and tokens. */
function present(name: string, tokens: ReadingFacts['tokens']): string {
  const text = `nullif(trim(CAST(${name} AS VARCHAR)), '')`;
  return tokens.length === 0
    ? text
    : `CASE WHEN ${text} NOT IN (${tokens.map(quoteLiteral).join(', ')}) THEN ${text} END`;
}

function shapeOf(text: string): string {
  return `regexp_replace(regexp_replace(regexp_replace(left(${text}, 40), '\\p{Lu}', 'A', 'g'), '\\p{Ll}', 'a', 'g'), '[0-9]', '9', 'g')`;
}

async function commonest(session: EngineSession, relation: string, value: string, most: number): Promise<ValueCount[]> {
  const found = await session.rows<{ value: string; rows: bigint }>(
    `SELECT left(${value}, 200) AS value, count(*) AS rows FROM ${relation} WHERE ${value} IS NOT NULL
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${most}`,
  );
  return found.map(({ value: text, rows }) => ({ value: text, rows: Number(rows) }));
}

interface Figures extends Pick<ColumnProfile, 'distinct' | 'min' | 'max' | 'mean' | 'quantiles' | 'length'> {
  readonly values: number;
}

async function figuresOf(
  session: EngineSession,
  relation: string,
  name: string,
  { reading, nullTokens, isText }: { reading: Reading; nullTokens: readonly string[]; isText: boolean },
): Promise<Figures> {
  const text = present(name, nullTokens);
  const value = isText ? typedValue(text, reading) : name;
  const isNumber = /^(integer|bigint|double|decimal)/.test(reading.type);
  const number = isNumber ? `CAST(${value} AS DOUBLE)` : 'NULL::DOUBLE';
  const [row] = await session.rows<{
    values: bigint;
    distinct: bigint;
    min: string | null;
    max: string | null;
    mean: number | null;
    shortest: bigint | null;
    longest: bigint | null;
    quantiles: string | null;
  }>(
    `SELECT count(${text}) AS values, count(DISTINCT ${text}) AS distinct, left(CAST(min(${value}) AS VARCHAR), 200) AS min,
       left(CAST(max(${value}) AS VARCHAR), 200) AS max, avg(${number}) FILTER (isfinite(${number})) AS mean,
       min(length(${text})) AS shortest, max(length(${text})) AS longest,
       CAST(to_json(quantile_cont(${number}, [0.05, 0.25, 0.5, 0.75, 0.95]) FILTER (isfinite(${number}))) AS VARCHAR) AS quantiles
     FROM ${relation}`,
  );
  return {
    values: Number(row?.values ?? 0),
    distinct: Number(row?.distinct ?? 0),
    min: row?.min ?? null,
    max: row?.max ?? null,
    mean: row?.mean ?? null,
    quantiles: row?.quantiles === null || row?.quantiles === undefined ? [] : (JSON.parse(row.quantiles) as number[]),
    length: { min: Number(row?.shortest ?? 0), max: Number(row?.longest ?? 0) },
  };
}
