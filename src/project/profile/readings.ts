import type { Reading } from './profile-types';

/** A way to read a text, the SQL that says whether `u` can be read so, and what must be there at least once for it. */
export interface Candidate {
  readonly id: string;
  readonly reading: (facts: { digits: number; decimals: number }) => Reading;
  readonly fits: (u: string) => string;
  /** Without a text like this, a simpler candidate means the same. */
  readonly needs?: (u: string) => string;
}

const CURRENCIES = ['$', '€', '£'] as const;
const full = (pattern: string) => (u: string) => `regexp_full_match(${u}, '${pattern}')`;
/** A number of up to 15 digits before the mark, and nine after it. */
const plainNumber = full('[+-]?([0-9]|[1-9][0-9]{1,14})(\\.[0-9]{1,9})?');
const grouped = (group: string, mark: string): string =>
  `[+-]?[0-9]{1,3}((${group}[0-9]{3})+|[0-9]{0,9})(${mark}[0-9]{1,9})?`;
const bare = (u: string): string => `trim(translate(${u}, '${CURRENCIES.join('')}', ''))`;
const hasCurrency = (u: string): string => `regexp_matches(${u}, '[$€£]')`;
const decimal = ({ digits, decimals }: { digits: number; decimals: number }): Reading['type'] =>
  // Two digits of head room: the next file has a greater sum.
  `decimal(${Math.min(38, digits + decimals + 2)},${decimals})`;

/** From the narrowest meaning to the widest; the first that all values have is proposed. */
export const CANDIDATES: readonly Candidate[] = [
  { id: 'boolean', reading: () => ({ type: 'boolean' }), fits: (u) => `lower(${u}) IN ('true', 'false')` },
  { id: 'integer', reading: () => ({ type: 'integer' }), fits: full('[+-]?([0-9]|[1-9][0-9]{1,8})') },
  { id: 'bigint', reading: () => ({ type: 'bigint' }), fits: full('[+-]?([0-9]|[1-9][0-9]{1,17})') },
  { id: 'decimal', reading: (facts) => ({ type: decimal(facts) }), fits: plainNumber },
  {
    id: 'decimal-grouped',
    reading: (facts) => ({ type: decimal(facts), thousandsMark: ',' }),
    fits: full(grouped(',', '\\.')),
    needs: (u) => `regexp_matches(${u}, ',')`,
  },
  {
    id: 'decimal-comma',
    reading: (facts) => ({ type: decimal(facts), decimalMark: ',', thousandsMark: '.' }),
    fits: full(grouped('\\.', ',')),
    needs: (u) => `regexp_matches(${u}, ',')`,
  },
  {
    id: 'money',
    reading: (facts) => ({ type: decimal(facts), thousandsMark: ',', strip: CURRENCIES }),
    fits: (u) => full(grouped(',', '\\.'))(bare(u)),
    needs: hasCurrency,
  },
  {
    id: 'money-comma',
    reading: (facts) => ({ type: decimal(facts), decimalMark: ',', thousandsMark: '.', strip: CURRENCIES }),
    fits: (u) => full(grouped('\\.', ','))(bare(u)),
    needs: hasCurrency,
  },
  {
    id: 'double',
    reading: () => ({ type: 'double' }),
    fits: full('[+-]?([0-9]|[1-9][0-9]{1,17})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?'),
  },
  {
    id: 'timestamptz',
    reading: () => ({ type: 'timestamptz' }),
    fits: (u) =>
      `${full('[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]{5,18}(Z|[+-][0-9]{2}(:?[0-9]{2})?)')(u)} AND TRY_CAST(${u} AS TIMESTAMPTZ) IS NOT NULL`,
  },
  {
    id: 'timestamp',
    reading: () => ({ type: 'timestamp' }),
    fits: (u) =>
      `${full('[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]{5,18}')(u)} AND TRY_CAST(${u} AS TIMESTAMP) IS NOT NULL`,
  },
  {
    id: 'uuid',
    reading: () => ({ type: 'uuid' }),
    fits: full('[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'),
  },
  {
    id: 'json',
    reading: () => ({ type: 'json' }),
    fits: (u) => `(starts_with(${u}, '{') OR starts_with(${u}, '[')) AND json_valid(${u})`,
  },
];

/** Patterns of dates and moments, the unambiguous ones first. */
export const DATE_FORMATS: readonly { readonly format: string; readonly type: 'date' | 'timestamp' }[] = [
  { format: '%Y-%m-%d', type: 'date' },
  { format: '%d.%m.%Y', type: 'date' },
  { format: '%d/%m/%Y', type: 'date' },
  { format: '%m/%d/%Y', type: 'date' },
  { format: '%Y/%m/%d', type: 'date' },
  { format: '%d-%b-%Y', type: 'date' },
  { format: '%d.%m.%Y %H:%M:%S', type: 'timestamp' },
  { format: '%d/%m/%Y %H:%M:%S', type: 'timestamp' },
  { format: '%m/%d/%Y %H:%M:%S', type: 'timestamp' },
  { format: '%d.%m.%Y %H:%M', type: 'timestamp' },
  { format: '%m/%d/%Y %H:%M', type: 'timestamp' },
];

/** Texts that stand for no value wherever they are met. */
export const NULL_TOKENS = ['n/a', '#n/a', 'null', '-', '--', '?'] as const;
/** Texts that stand for no value among numbers and dates, and may be a value among texts. */
export const NULL_TOKENS_OF_TYPES = [...NULL_TOKENS, 'na', 'nan', 'none', 'unknown', '.'] as const;
