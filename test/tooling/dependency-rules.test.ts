import { execFile } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const FIXTURES = path.join(__dirname, 'fixtures/dependencies');

interface Report {
  readonly summary: { readonly violations: readonly { from: string; rule: { name: string; severity: string } }[] };
}

/** Each fixture is named after the rule that it must break. */
describe('dependency rules', () => {
  let broken: { fixture: string; rule: string; severity: string }[];
  const rules = (require('../../.dependency-cruiser.cjs') as { forbidden: { name: string }[] }).forbidden;

  beforeAll(async () => {
    const cruiser = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
    const args = [cruiser, '--config', path.join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'json', 'src'];
    const output = await new Promise<string>((resolve) => {
      // It ends with the number of violations as its exit code.
      execFile(process.execPath, args, { cwd: FIXTURES, maxBuffer: 1e8 }, (_error, stdout) => {
        resolve(stdout);
      });
    });
    broken = (JSON.parse(output) as Report).summary.violations.map(({ from, rule }) => ({
      fixture: path.basename(from, '.ts'),
      rule: rule.name,
      severity: rule.severity,
    }));
  });

  it.each(rules.map(({ name }) => name))('%s is broken by its fixture', (name) => {
    expect(broken).toContainEqual({ fixture: name, rule: name, severity: 'error' });
  });
});
