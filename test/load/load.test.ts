import { manyPartitions } from './many-partitions';
import { manyRuns } from './many-runs';
import { leaksOf, soak } from './soak';

const PATIENCE_MS = 300_000;

/** The small form of `npm run load`. */
describe('an app under load', () => {
  test(
    'many runs at once keep to the connection limits and load each row once',
    async () => {
      const result = await manyRuns(16, 2);
      expect(result).toMatchObject({ succeeded: 16, rows: 16, refused: 0 });
      // Two partitions are staged at once; planning and publishing hold one connection each, at most twenty activities at a time.
      expect(result.mostConnections).toBeLessThanOrEqual(22);
    },
    PATIENCE_MS,
  );

  test(
    'more partitions than one window holds',
    async () => {
      expect(await manyPartitions(70)).toMatchObject({
        partitions: 70,
        status: 'Succeeded',
        loaded: 140,
        quarantined: 70,
      });
    },
    PATIENCE_MS,
  );

  test(
    'what a host holds does not grow with its runs',
    async () => {
      const result = await soak(8, 4);
      expect(result.failed).toBe(0);
      // Memory is no matter of seconds: the command looks at it.
      const leaks = leaksOf(result, { blobs: 16, tableRows: 40 });
      expect(leaks.filter((text) => !text.startsWith('memoryBytes'))).toEqual([]);
    },
    PATIENCE_MS,
  );
});
