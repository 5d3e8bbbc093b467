import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

interface Linted {
  readonly fixture: string;
  readonly breaks: string;
  readonly rules: readonly string[];
}

describe('lint rules', () => {
  let linted: Linted[];

  beforeAll(() => {
    const output = execFileSync(process.execPath, [path.join(__dirname, 'lint-fixtures.cjs')], { encoding: 'utf8' });
    linted = JSON.parse(output) as Linted[];
  });

  it.each(readdirSync(path.join(__dirname, 'fixtures/lint')))('%s breaks what it says and nothing else', (name) => {
    const found = linted.find(({ fixture }) => fixture === name);
    expect([...new Set(found?.rules)]).toEqual(found?.breaks === 'nothing' ? [] : [found?.breaks]);
  });
});
