import { existsSync } from 'node:fs';
import path from 'node:path';
import { STATUSES } from '../../../src/triggers/http/problem';

test.each(Object.keys(STATUSES))('a request that is refused with %s is told of a runbook that exists', (code) => {
  expect(existsSync(path.join(__dirname, `../../../docs/runbooks/${code}.md`))).toBe(true);
});
