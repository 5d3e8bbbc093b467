/**
 * Whether a blob is one that a trigger's path means. Parameters such as `{name}` stand for anything, slashes included, as
 * blob triggers have it: https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#blob-name-patterns
 */
export function matchBlobPath(pattern: string, path: string): boolean {
  const pieces = pattern.split(/\{[^{}]*\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`, 's').test(path);
}
