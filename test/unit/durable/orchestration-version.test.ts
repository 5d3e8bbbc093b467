import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ORCHESTRATION_VERSION } from '../../../src/durable/contracts/version';

test('host.json starts orchestrations in the version that the code has', () => {
  const host = JSON.parse(readFileSync(path.join(__dirname, '../../../host.json'), 'utf8'));
  expect(host.extensions.durableTask.defaultVersion).toBe(ORCHESTRATION_VERSION);
});
