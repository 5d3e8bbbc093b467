import { versionRules } from '../../../src/local/durable-task/version-rules';

describe('the version of an orchestration', () => {
  test.each<[string, Record<string, unknown>, string | null, string]>([
    ['any, where the app has none', {}, '9', 'run'],
    ['none', { defaultVersion: '2.0' }, null, 'run'],
    ['older', { defaultVersion: '2.0' }, '1.9', 'run'],
    ['the same', { defaultVersion: '2.0' }, '2.0', 'run'],
    ['newer', { defaultVersion: '2.0' }, '2.0.1', 'wait'],
    ['newer by number, not by letters', { defaultVersion: '2.9' }, '2.10', 'wait'],
    ['newer, where nobody minds', { defaultVersion: '2.0', versionMatchStrategy: 'None' }, '3', 'run'],
    ['older, where it must be the same', { defaultVersion: '2.0', versionMatchStrategy: 'Strict' }, '1.0', 'wait'],
    ['newer, where that fails', { defaultVersion: '2.0', versionFailureStrategy: 'Fail' }, '3', 'fail'],
  ])('%s', (_, durableTask, version, verdict) => {
    expect(versionRules(durableTask).judge(version).kind).toBe(verdict);
  });
});
