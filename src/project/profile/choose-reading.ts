import type { EngineSession } from '../../engine/engine-session';
import { quoteLiteral } from '../../engine/quote-literal';
import { PERSONAL_PATTERNS } from './personal-data';
import type { ColumnProfile, Reading } from './profile-types';
import { CANDIDATES, DATE_FORMATS, NULL_TOKENS, NULL_TOKENS_OF_TYPES } from './readings';

/** Of a column's texts, so many must be of a type for it to be proposed; the others would be quarantined. */
const ENOUGH = 0.98;

/** What one look at a column's texts tells about how they can be read. */
export interface ReadingFacts {
  /** Texts that are neither blank nor a token among numbers and dates. */
  readonly values: number;
  /** Those that are a token for no value among numbers and dates, as they are written. */
  readonly tokens: readonly string[];
  readonly spaced: number;
  /** Values by candidate, and by date format. */
  readonly fits: Readonly<Record<string, number>>;
  readonly needs: Readonly<Record<string, number>>;
  readonly dates: Readonly<Record<string, number>>;
  readonly personal: Readonly<Record<string, number>>;
  readonly digits: number;
  readonly decimals: number;
  readonly decimalsAfterComma: number;
}

type Chosen = Pick<ColumnProfile, 'reading' | 'ambiguous' | 'misfits' | 'nullTokens'>;

/** Asks everything about a column in one scan. `name` is its quoted name. */
export async function readingFacts(session: EngineSession, relation: string, name: string): Promise<ReadingFacts> {
  const tokens = NULL_TOKENS_OF_TYPES.map(quoteLiteral).join(', ');
  const count = (condition: string): string => `count(*) FILTER (${condition})`;
  const items = [
    'count(u) AS values',
    `CAST(to_json(list(DISTINCT t) FILTER (u IS NULL AND t IS NOT NULL)) AS VARCHAR) AS tokens`,
    `${count(`raw <> trim(raw) OR regexp_matches(raw, '\\s\\s')`)} AS spaced`,
    ...CANDIDATES.flatMap(({ fits, needs }, index) => [
      `${count(fits('u'))} AS f${index}`,
      `${needs === undefined ? '0' : count(needs('u'))} AS n${index}`,
    ]),
    ...DATE_FORMATS.map(
      ({ format }, index) => `${count(`try_strptime(u, ${quoteLiteral(format)}) IS NOT NULL`)} AS d${index}`,
    ),
    ...PERSONAL_PATTERNS.map(
      ({ regex }, index) => `${count(`regexp_full_match(u, ${quoteLiteral(regex)})`)} AS p${index}`,
    ),
    `max(length(regexp_replace(regexp_extract(u, '[0-9][0-9,.]*'), '[^0-9]', '', 'g'))) AS digits`,
    `max(length(regexp_extract(u, '\\.([0-9]+)[^0-9]*$', 1))) AS decimals`,
    `max(length(regexp_extract(u, ',([0-9]+)[^0-9]*$', 1))) AS decimals_after_comma`,
  ];
  const [row = {}] = await session.rows(
    `SELECT ${items.join(', ')} FROM (
       SELECT raw, t, CASE WHEN lower(t) NOT IN (${tokens}) THEN t END AS u
       FROM (SELECT CAST(${name} AS VARCHAR) AS raw, nullif(trim(CAST(${name} AS VARCHAR)), '') AS t FROM ${relation}))`,
  );
  const figure = (key: string): number => Number(row[key] ?? 0);
  const figures = (keys: readonly string[], prefix: string): Record<string, number> =>
    Object.fromEntries(keys.map((key, index) => [key, figure(`${prefix}${index}`)]));
  const ids = CANDIDATES.map(({ id }) => id);
  return {
    values: figure('values'),
    tokens: JSON.parse(String(row['tokens'] ?? '[]')) as string[],
    spaced: figure('spaced'),
    fits: figures(ids, 'f'),
    needs: figures(ids, 'n'),
    dates: figures(
      DATE_FORMATS.map(({ format }) => format),
      'd',
    ),
    personal: figures(
      PERSONAL_PATTERNS.map(({ kind }) => kind),
      'p',
    ),
    digits: figure('digits'),
    decimals: figure('decimals'),
    decimalsAfterComma: figure('decimals_after_comma'),
  };
}

/** What the texts of a column stand for: the narrowest type that all of them have, or nearly all; text otherwise. */
export async function chooseReading(
  session: EngineSession,
  relation: string,
  name: string,
  facts: ReadingFacts,
): Promise<Chosen> {
  const { values, tokens } = facts;
  const text: Chosen = { reading: { type: 'string' }, ambiguous: false, misfits: 0, nullTokens: obviousTokens(tokens) };
  if (values === 0) return text;
  const possible: { reading: Reading; fits: number }[] = CANDIDATES.flatMap((candidate) => {
    const fits = facts.fits[candidate.id] ?? 0;
    if (fits < values * ENOUGH || (candidate.needs !== undefined && (facts.needs[candidate.id] ?? 0) === 0)) return [];
    const reading = candidate.reading({ digits: facts.digits, decimals: decimalsOf(candidate.id, facts) });
    return [{ reading, fits }];
  });
  const dates = await dateReading(session, relation, name, facts);
  if (dates !== null) possible.push(dates);
  // The first of those that fit best: all is better than nearly all.
  const best = possible.reduce<(typeof possible)[number] | null>(
    (found, one) => (found === null || one.fits > found.fits ? one : found),
    null,
  );
  if (best === null) return text;
  const { reading } = best;
  const nullTokens = [...tokens].sort();
  return { reading, ambiguous: isAmbiguous(reading, facts.dates), misfits: values - best.fits, nullTokens };
}

/** Whether the other order of day and month reads just as many. */
function isAmbiguous({ formats = [] }: Reading, dates: ReadingFacts['dates']): boolean {
  const [format = '', ...others] = formats;
  const swapped = format.replace(/^%([dm])\/%([dm])\//, '%$2/%$1/');
  return others.length === 0 && swapped !== format && dates[swapped] === dates[format];
}

function decimalsOf(id: string, { decimals, decimalsAfterComma }: ReadingFacts): number {
  return Math.min(9, id.endsWith('comma') ? decimalsAfterComma : decimals);
}

function obviousTokens(tokens: readonly string[]): string[] {
  const obvious: ReadonlySet<string> = new Set(NULL_TOKENS);
  return tokens.filter((token) => obvious.has(token.toLowerCase())).sort();
}

/** The formats that read most, one after the other, as long as each reads what the ones before it do not. */
async function dateReading(
  session: EngineSession,
  relation: string,
  name: string,
  { values, dates, tokens }: ReadingFacts,
): Promise<{ reading: Reading; fits: number } | null> {
  const some = DATE_FORMATS.filter(({ format }) => (dates[format] ?? 0) > 0).toSorted(
    (one, other) => (dates[other.format] ?? 0) - (dates[one.format] ?? 0),
  );
  const [first] = some;
  if (first === undefined) return null;
  const u = `trim(CAST(${name} AS VARCHAR))`;
  const list = (formats: readonly string[]): string => `[${formats.map(quoteLiteral).join(', ')}]`;
  const without = tokens.length === 0 ? '' : `AND ${u} NOT IN (${tokens.map(quoteLiteral).join(', ')})`;
  const formats: string[] = [];
  let fits = 0;
  for (const { format, type } of some) {
    if (type !== first.type || formats.length === 4) continue;
    const [row] = await session.rows<{ fits: bigint }>(
      `SELECT count(*) FILTER (try_strptime(${u}, ${list([...formats, format])}) IS NOT NULL ${without}) AS fits FROM ${relation}`,
    );
    if (Number(row?.fits ?? 0) <= fits) continue;
    fits = Number(row?.fits ?? 0);
    formats.push(format);
  }
  if (fits < values * ENOUGH) return null;
  const isIso = formats.length === 1 && formats[0] === '%Y-%m-%d';
  return { reading: { type: first.type, ...(isIso ? {} : { formats }) }, fits };
}
