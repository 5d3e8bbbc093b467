import { HostConfigError } from '../host/host-config-error';

/** Which blobs a trigger takes. */
export interface BlobPattern {
  readonly container: string;
  /** What all names begin with; may be empty. */
  readonly prefix: string;
  /** The values of the pattern's parameters; undefined where the blob is another one. */
  match(blobName: string): Readonly<Record<string, string>> | undefined;
}

/**
 * Compiles the path of a blob trigger, such as `container/{folder}/{name}.{extension}`. Parameters take as much as they
 * can, slashes included, the first one first; a path without a blob name takes every blob of the container.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#blob-name-patterns
 * @throws {HostConfigError} where the container is not named.
 */
export function compileBlobPattern(path: string): BlobPattern {
  const slash = path.indexOf('/');
  const container = slash < 0 ? path : path.slice(0, slash);
  if (container === '' || container.includes('{')) {
    throw new HostConfigError(
      `The path "${path}" of a blob trigger does not name its container.`,
      'Write "<container>/{name}"; the embedded host does not support parameters in the name of the container.',
    );
  }
  const blob = slash < 0 ? '{_}' : path.slice(slash + 1);
  const pieces = unescapeBraces(blob);
  const names = pieces.filter((piece) => piece.isParameter).map(({ text }) => text);
  const body = pieces.map(({ isParameter, text }) => (isParameter ? '(.*)' : escape(text))).join('');
  const pattern = new RegExp(`^${body}$`, 's');
  const [first] = pieces;
  return {
    container,
    prefix: first === undefined || first.isParameter ? '' : first.text,
    match(blobName) {
      const found = pattern.exec(blobName);
      if (found === null) return undefined;
      const values = names.map((name, index): [string, string] => [name, found[index + 1] ?? '']);
      return Object.fromEntries(values.filter(([name]) => name !== '_'));
    },
  };
}

/** Splits into text and parameters; `{{` and `}}` stand for braces. */
function unescapeBraces(text: string): { readonly isParameter: boolean; readonly text: string }[] {
  const pieces = text.match(/\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]/g) ?? [];
  const merged: { isParameter: boolean; text: string }[] = [];
  for (const piece of pieces) {
    const isParameter = /^\{[^{}]*\}$/.test(piece);
    const plain = isParameter ? piece.slice(1, -1) : piece.replace('{{', '{').replace('}}', '}');
    const last = merged.at(-1);
    if (!isParameter && last?.isParameter === false) last.text += plain;
    else merged.push({ isParameter, text: plain });
  }
  return merged;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
