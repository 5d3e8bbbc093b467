/**
 * A column name in snake_case: words of letters and digits, in lower case, joined by underscores. `Airport__Code`, `airportCode` and
 * `Airport code` all become `airport_code`; a name that begins with a digit gets an underscore before it. At most 63 characters.
 */
export function toSnakeCase(name: string): string {
  const words = name
    .normalize('NFKC')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1_$2')
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  const named = words === '' ? 'column' : words;
  return [...(/^\p{N}/u.test(named) ? `_${named}` : named)].slice(0, 63).join('');
}
