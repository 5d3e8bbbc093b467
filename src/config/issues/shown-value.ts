import type { YamlPath } from '../yaml/yaml-path';

/** Keys under which people write secrets, where a reference should stand. */
const HIDDEN: ReadonlySet<string> = new Set([
  'password',
  'salt',
  'clientSecret',
  'clientCertificate',
  'rootCertificate',
  'headers',
]);

/** A value of a file as a problem may show it; null for none. What stands where a secret may have been written is not repeated. */
export function shownValue(path: YamlPath, text: string): string | null {
  const hidden = path.some((key) => HIDDEN.has(String(key))) || (path.at(-1) === 'value' && path.at(-2) === 'auth');
  if (hidden) return '(not shown)';
  return text === '' ? null : text;
}
