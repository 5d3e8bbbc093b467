import { argumentsOf, childrenOf, literalInteger, literalText, type ExpressionNode } from './expression-node';

const LONGEST_PATTERN = 500;
const LONGEST_PADDING = 4000;
const MOST_GROWTH = 1000;

const PATTERN_SECOND = new Set([
  'regexp_extract',
  'regexp_extract_all',
  'regexp_full_match',
  'regexp_matches',
  'regexp_replace',
  'regexp_split_to_array',
  'str_split_regex',
  'string_split_regex',
]);
const LIKE = new Set([
  '~~',
  '!~~',
  '~~*',
  '!~~*',
  'like_escape',
  'not_like_escape',
  'ilike_escape',
  'not_ilike_escape',
]);
const FORMAT = new Set(['format', 'printf']);
const PADDING = new Set(['lpad', 'rpad']);
/** How many times longer than its argument a result can be. */
const GROWTH: Readonly<Record<string, number>> = {
  bin: 8,
  hex: 2,
  to_hex: 2,
  base64: 2,
  to_base64: 2,
  url_encode: 3,
  regexp_escape: 2,
  json_quote: 2,
  to_json: 2,
  translate: 4,
  nfc_normalize: 3,
  encode: 2,
};

/**
 * What is wrong with the arguments of an allowed function, or null. Patterns, formats and lengths that come from data could make
 * one row take minutes or fill the memory past the engine's limit, which the engine itself does not stop (DuckDB 1.5.6).
 */
export function argumentProblem(name: string, args: readonly ExpressionNode[]): string | null {
  if (PATTERN_SECOND.has(name)) return patternProblem(args[1]);
  if (LIKE.has(name)) return likeProblem(args[1]);
  if (FORMAT.has(name)) return formatProblem(args[0]);
  if (PADDING.has(name)) {
    const length = literalInteger(args[1]);
    return length === null || length > LONGEST_PADDING
      ? `the length must be written out, at most ${LONGEST_PADDING}`
      : null;
  }
  if (name === 'age' && args.length < 2) return 'with one argument it reads the clock; give it two';
  return null;
}

/** The regular expression that a function is given, written out; null when it takes none. */
export function patternOf(name: string, args: readonly ExpressionNode[]): string | null {
  return PATTERN_SECOND.has(name) ? literalText(args[1]) : null;
}

/** Whether nested functions could blow a value up; the bound is on the product along each path of the tree. */
export function growsTooMuch(node: ExpressionNode): boolean {
  return growth(node) > MOST_GROWTH;
}

function growth(node: ExpressionNode): number {
  const children = childrenOf(node);
  const own = node.class === 'FUNCTION' ? ownGrowth(String(node['function_name']).toLowerCase(), argumentsOf(node)) : 1;
  return own * children.reduce((most, child) => Math.max(most, growth(child)), 1);
}

function ownGrowth(name: string, args: readonly ExpressionNode[]): number {
  if (name === 'replace') {
    const [from, to] = [literalText(args[1]), literalText(args[2])];
    if (from === null || to === null) return MOST_GROWTH / 2;
    return from === '' ? 1 : Math.max(1, Math.ceil(to.length / from.length));
  }
  if (name === 'regexp_replace') {
    const to = literalText(args[2]);
    return to === null ? MOST_GROWTH / 2 : Math.max(1, to.length);
  }
  if (FORMAT.has(name)) return Math.max(1, (literalText(args[0])?.match(/[{%]/g) ?? []).length);
  return GROWTH[name] ?? 1;
}

function patternProblem(pattern: ExpressionNode | undefined): string | null {
  const text = literalText(pattern);
  if (text === null) return 'the pattern must be a text that is written out';
  return text.length > LONGEST_PATTERN ? `the pattern is longer than ${LONGEST_PATTERN} characters` : null;
}

/** DuckDB matches a LIKE pattern by backtracking: many % beside _ take exponential time. */
function likeProblem(pattern: ExpressionNode | undefined): string | null {
  const text = literalText(pattern);
  if (text === null)
    return 'the pattern of LIKE must be a text that is written out; use contains or starts_with for columns';
  if (text.length > LONGEST_PATTERN) return `the pattern is longer than ${LONGEST_PATTERN} characters`;
  return (text.match(/%/g) ?? []).length > 5 ? 'the pattern has more than five %; use regexp_matches' : null;
}

function formatProblem(format: ExpressionNode | undefined): string | null {
  const text = literalText(format);
  if (text === null) return 'the format must be a text that is written out';
  return /\d{4,}|\*|\{[^}]*\{/.test(text) ? 'a width in the format is over 999 or taken from data' : null;
}
