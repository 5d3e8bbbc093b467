import { compileRoute } from '../../../src/local/http/route-template';

describe('compileRoute', () => {
  it.each<[string, string, Record<string, string> | undefined]>([
    ['a/b', '/a/b', {}],
    ['a/b', '/A/B/', {}],
    ['a/b', '/a', undefined],
    ['a/b', '/a/b/c', undefined],
    ['a/{x}', '/a/One', { x: 'One' }],
    ['a/{x}', '/a', undefined],
    ['a/{x}', '/a//', undefined],
    ['a/{x?}', '/a', {}],
    ['a/{x?}', '/a/1', { x: '1' }],
    ['a/{x}', '/a/b%20%C3%BC', { x: 'b ü' }],
    ['a/{x}', '/a/b%2Fc', { x: 'b%2Fc' }],
    ['a/{x}', '/a/50%', { x: '50%' }],
    ['a/{*rest}', '/a/b/c%20d', { rest: 'b/c d' }],
    ['a/{*rest}', '/a', {}],
    ['{name}.{type}', '/two.dots.csv', { name: 'two.dots', type: 'csv' }],
    ['{name}.{type}', '/none', undefined],
    ['v{version:int}/x', '/v2/x', { version: '2' }],
    ['{id:int}', '/42', { id: '42' }],
    ['{id:int}', '/x', undefined],
    ['{id:int?}', '/', {}],
    ['{id:guid}', '/0b6b2f0e-0000-4000-8000-000000000001', { id: '0b6b2f0e-0000-4000-8000-000000000001' }],
    ['{id:int:min(5)}', '/4', undefined],
    ['{id:int:min(5)}', '/5', { id: '5' }],
    ['{id:length(2,3)}', '/abcd', undefined],
    ['{id:alpha}', '/a1', undefined],
    ['{id:regex(^a|b$)}', '/ab', { id: 'ab' }],
    ['{id:regex(^\\d{{2}}$)}', '/123', undefined],
    ['', '/', {}],
  ])('%p takes %p as %p', (template, path, params) => {
    expect(compileRoute(template).match(path)).toEqual(params);
  });

  it('ranks literals before constrained parameters before parameters before catch-alls', () => {
    const templates = ['a/{*rest}', 'a/{x}', 'a/{x:int}', 'a/b'];
    const ranked = [...templates].sort((a, b) => (compileRoute(a).rank < compileRoute(b).rank ? -1 : 1));
    expect(ranked).toEqual([...templates].reverse());
  });

  it('refuses a constraint that does not exist, naming route and constraint', () => {
    expect(() => compileRoute('a/{x:prime}')).toThrow('The route "a/{x:prime}" has the constraint "prime"');
  });
});
