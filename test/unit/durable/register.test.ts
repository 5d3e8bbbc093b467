import * as df from 'durable-functions';
import type { ActivityServices } from '../../../src/durable/activities/activity-services';
import { ACTIVITIES, ENTITIES, ORCHESTRATORS } from '../../../src/durable/contracts/names';
import { registerDurable } from '../../../src/durable/register';

/** Registers as the app does and gives the names that the SDK was told. */
function registeredNames(kind: 'activity' | 'entity' | 'orchestration'): string[] {
  const spies = (['activity', 'entity', 'orchestration'] as const).map((each) => {
    const spy = jest.spyOn(df.app, each).mockImplementation((() => undefined) as never);
    return [each, spy] as const;
  });
  registerDurable({} as ActivityServices);
  const calls = new Map(spies).get(kind)!.mock.calls.map(([name]) => name);
  jest.restoreAllMocks();
  return calls;
}

test.each([
  ['activity', ACTIVITIES],
  ['entity', ENTITIES],
  ['orchestration', ORCHESTRATORS],
] as const)('every %s of the contracts is registered, once', (kind, names) => {
  expect(registeredNames(kind).toSorted()).toEqual((Object.values(names) as string[]).toSorted());
});
