'use strict';
/*
 * Lints each fixture under the path that its first line names, with the repository's own configuration, and prints
 * [{ fixture, breaks, rules }]. A program of its own, because ESLint loads its configuration with import(), which Jest
 * does not allow. Rules that need types run only where the path exists.
 */
const fs = require('node:fs');
const path = require('node:path');
const { ESLint } = require('eslint');
const tseslint = require('typescript-eslint');

const ROOT = path.resolve(__dirname, '../..');
const FIXTURES = path.join(__dirname, 'fixtures/lint');

async function main() {
  const typed = new ESLint({ cwd: ROOT });
  const untyped = new ESLint({ cwd: ROOT, overrideConfig: [tseslint.configs.disableTypeChecked] });
  const results = [];
  for (const name of fs.readdirSync(FIXTURES)) {
    const text = fs.readFileSync(path.join(FIXTURES, name), 'utf8');
    const [, as, breaks] = /^\/\/ as: (\S+)\n\/\/ breaks: (\S+)\n/.exec(text);
    const [{ messages }] = await (fs.existsSync(path.join(ROOT, as)) ? typed : untyped).lintText(text, {
      filePath: path.join(ROOT, as),
    });
    results.push({ fixture: name, breaks, rules: messages.map(({ ruleId, message }) => ruleId ?? message) });
  }
  process.stdout.write(JSON.stringify(results));
}

void main();
