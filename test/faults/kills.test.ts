import { usual, some } from './support/choices';
import { COMBINATIONS, titleOf, type Combination } from './support/combinations';
import { tryCombination } from './support/trials';
import { startWorld, type World } from './support/world';

/** The shortened form of `npm run faults`: a few points of a few combinations. */
describe('a host that is killed, and activities that run twice', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());
  const named = (title: string): Combination => COMBINATIONS.find((one) => titleOf(one) === title)!;

  test.each([
    ['blob csv to postgres upsert', 4],
    ['http to tables merge', 2],
  ])(
    '%s: nothing is lost, nothing doubled',
    async (title, most) => {
      const combination = named(title);
      const result = await tryCombination(world, combination, some(usual(combination), most));
      expect(result.differing).toEqual([]);
      expect(result.survived + result.unreached.length).toBe(result.tried);
      expect(result.survived).toBeGreaterThan(0);
    },
    300_000,
  );
});
