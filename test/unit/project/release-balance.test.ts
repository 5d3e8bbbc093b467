import { NO_ROWS } from '../../../src/model/counts';
import { releaseBalance } from '../../../src/project/release-balance';

const COUNTS = { ...NO_ROWS, read: 5, generated: 2, filtered: 1, deduplicated: 1, quarantined: 2, loaded: 3 };

test('says where every released row went, and what was not released', () => {
  const origins = [
    { runId: 'a', quarantined: 4 },
    { runId: 'b', quarantined: 3 },
  ];
  expect(releaseBalance('rel-1', COUNTS, origins)).toEqual({
    release: 'rel-1',
    releaseOf: origins,
    released: 5,
    loaded: 3,
    quarantinedAgain: 2,
    otherwise: 0,
    notInThisRelease: 2,
    balanced: true,
  });
});

test('does not balance when rows are lost, or more were released than quarantined', () => {
  expect(releaseBalance('rel-1', { ...COUNTS, loaded: 2 }, [{ runId: 'a', quarantined: 9 }]).balanced).toBe(false);
  expect(releaseBalance('rel-1', COUNTS, [{ runId: 'a', quarantined: 4 }]).balanced).toBe(false);
});

test('leaves out what a run that is gone would have said', () => {
  const balance = releaseBalance('rel-1', COUNTS, [{ runId: 'gone', quarantined: null }]);
  expect(balance).toMatchObject({ notInThisRelease: null, balanced: true });
});
