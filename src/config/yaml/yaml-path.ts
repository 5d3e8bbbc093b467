/** A path into a YAML document: keys of maps and zero-based positions in lists. */
export type YamlPath = readonly (string | number)[];

const PLAIN_KEY = /^[^.[\]'\s][^.[\]']*$/;

/** Writes a path for people: `transform[2].derive.delayed`; a key with dots, brackets or quotes as `['a.b']`. */
export function formatPath(path: YamlPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (PLAIN_KEY.test(part)) text += text === '' ? part : `.${part}`;
    else text += `['${part.replaceAll("'", "''")}']`;
  }
  return text;
}

/** Reads what `formatPath` wrote. Text that is no path is taken as far as it goes. */
export function parsePath(text: string): YamlPath {
  const path: (string | number)[] = [];
  const pattern = /\[(\d+)\]|\['((?:[^']|'')*)'\]|\.?([^.[\]]+)/gy;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, index, quoted, plain] = match;
    if (index !== undefined) path.push(Number(index));
    else path.push(quoted !== undefined ? quoted.replaceAll("''", "'") : (plain ?? ''));
  }
  return path;
}
