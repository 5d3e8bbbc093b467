import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');

/** Costs of pipelines and the bill are read side by side by these. */
test('tags and owners that costs are told by are those of the infrastructure', () => {
  const types = readFileSync(path.join(ROOT, 'infra/types.bicep'), 'utf8');
  const costTags = /type costTags = \{([\s\S]*?)\n\}/.exec(types)?.[1] ?? '';
  for (const name of ['costCenter', 'owner']) expect(costTags).toMatch(new RegExp(`\\n {2}${name}: string`));
  for (const file of readdirSync(path.join(ROOT, 'pipelines')).filter((name) =>
    /^(?!connections|prices|alerts).*\.yaml$/.test(name),
  )) {
    const text = readFileSync(path.join(ROOT, 'pipelines', file), 'utf8');
    expect([file, /^owner: /m.test(text), /^tags: .*costCenter: /m.test(text)]).toEqual([file, true, true]);
  }
});

test('every environment has a budget', () => {
  const folder = path.join(ROOT, 'infra/environments');
  for (const name of ['dev', 'staging', 'prod']) {
    const snapshot = readFileSync(path.join(folder, `${name}.snapshot.json`), 'utf8');
    expect(snapshot).toContain('Microsoft.Consumption/budgets');
  }
});
