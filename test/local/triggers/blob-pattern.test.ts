import { compileBlobPattern } from '../../../src/local/triggers/blob-pattern';

describe('compileBlobPattern', () => {
  it.each<[string, string, Record<string, string> | undefined]>([
    ['c/{name}', 'a.txt', { name: 'a.txt' }],
    ['c/{name}', 'deep/er/a.txt', { name: 'deep/er/a.txt' }],
    ['c/in/{name}', 'out/a.txt', undefined],
    ['c/{folder}/{name}.{type}', 'x/y/two.dots.csv', { folder: 'x/y', name: 'two.dots', type: 'csv' }],
    ['c/{folder}/{name}.{type}', 'x/none', undefined],
    ['c/{name}.csv', 'a.CSV', undefined],
    ['c/a+b/{name}', 'a+b/c', { name: 'c' }],
    ['c/{{x}}-{name}', '{x}-1', { name: '1' }],
    ['c/fixed.txt', 'fixed.txt', {}],
    ['c', 'any/thing', {}],
    ['c/{name}', 'two\nlines', { name: 'two\nlines' }],
  ])('%p takes %p as %p', (path, name, parameters) => {
    const pattern = compileBlobPattern(path);
    expect(pattern.container).toBe('c');
    expect(pattern.match(name)).toEqual(parameters);
  });

  it.each([
    ['c/in/{name}', 'in/'],
    ['c/{name}', ''],
    ['c', ''],
    ['c/{{x}}-{name}', '{x}-'],
  ])('%p needs only blobs that begin with %p', (path, prefix) => {
    expect(compileBlobPattern(path).prefix).toBe(prefix);
  });

  it.each(['', '{container}/{name}', '/{name}'])('refuses %p', (path) => {
    expect(() => compileBlobPattern(path)).toThrow('does not name its container');
  });
});
