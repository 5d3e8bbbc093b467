import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ORCHESTRATION_VERSION } from '../../src/durable/contracts/version';
import { ORCHESTRATORS } from '../../src/durable/contracts/names';
import { ACTION, EVENT, flatten, type Action } from '../support/durable/sdk';
import { differences, recordedActions, replay, type RecordedInstance } from './replay';

const FOLDER = path.join(__dirname, 'histories');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const instancesOf = (file: string): RecordedInstance[] => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'));
const all = files.flatMap((file) => instancesOf(file).map((instance) => ({ file, instance })));

/**
 * A replay that does other things than were recorded breaks every run under way at the next deployment, and the SDK says
 * nothing. When one of these fails, raise ORCHESTRATION_VERSION, keep the old way for old versions, and record anew.
 */
describe.each(files)('%s', (file) => {
  test.each(instancesOf(file).map((instance) => [`${instance.name} ${instance.instanceId}`, instance] as const))(
    '%s does what it did',
    async (_, instance) => {
      const replayed = await replay(instance);
      expect(differences(recordedActions(instance), replayed.actions)).toEqual([]);
      expect(replayed.output).toEqual(instance.output);
    },
  );
});

test('the recordings are of the present version, and of every orchestrator that runs use', () => {
  expect(files.filter((file) => file.startsWith(`${ORCHESTRATION_VERSION}-`)).length).toBeGreaterThan(0);
  const names = new Set(all.map(({ instance }) => instance.name));
  // It has no history to speak of, and a test of its own: test/unit/durable.
  const { maintenance: _, ...others } = ORCHESTRATORS;
  expect([...names].toSorted()).toEqual(Object.values(others).toSorted());
});

test('at every earlier point of a history, the actions are the beginning of the recorded ones', async () => {
  // A timer that lost its race is cancelled later, where it stands.
  const uncancelled = (actions: readonly Action[]): Action[] =>
    actions.map((action) => ({ ...action, ...('isCanceled' in action && { isCanceled: false }) }));
  for (const { instance } of all) {
    const recorded = uncancelled(recordedActions(instance));
    for (const [index, event] of instance.history.entries()) {
      if (event['EventType'] !== EVENT.orchestratorCompleted) continue;
      const { actions } = await replay({ ...instance, history: instance.history.slice(0, index + 1) });
      expect(differences(recorded.slice(0, actions.length), uncancelled(actions))).toEqual([]);
    }
  }
});

describe('a broken history or recording is caught', () => {
  const pipeline = all
    .map(({ instance }) => instance)
    .find(
      (instance) =>
        instance.name === ORCHESTRATORS.pipeline &&
        recordedActions(instance).some((action) => action.actionType === ACTION.child),
    )!;
  const broken = async (change: (actions: Action[]) => Action[]) =>
    differences(change(recordedActions(pipeline)), (await replay(pipeline)).actions);
  const firstActivity = recordedActions(pipeline).findIndex((action) => action.actionType === ACTION.activity);

  test('a renamed activity', async () => {
    const found = await broken((actions) =>
      actions.map((action, index) => (index === firstActivity ? { ...action, functionName: 'old-name' } : action)),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('old-name');
  });
  test('another input', async () => {
    const found = await broken((actions) =>
      actions.map((action, index) => (index === firstActivity ? { ...action, input: { other: true } } : action)),
    );
    expect(found).toHaveLength(1);
  });
  test('steps in another order', async () => {
    const swap = (actions: Action[]) => [actions[1]!, actions[0]!, ...actions.slice(2)];
    expect(await broken(swap)).toHaveLength(2);
  });
  test('a step that is missing or too many', async () => {
    expect((await broken((actions) => actions.slice(0, -1))).length).toBeGreaterThan(0);
    expect((await broken((actions) => [...actions, actions[0]!])).length).toBeGreaterThan(0);
  });
  test('a child of another version', async () => {
    const found = await broken((actions) =>
      actions.map((action) => (action.actionType === ACTION.child ? { ...action, version: '0.1' } : action)),
    );
    expect(found.length).toBeGreaterThan(0);
  });
  test('an answer that says something else', async () => {
    const history = pipeline.history.map((event) =>
      event['EventType'] === EVENT.childCompleted
        ? { ...event, Result: JSON.stringify({ ok: false, failure: { code: 'x', class: 'persistent', message: 'm' } }) }
        : event,
    );
    const { actions } = await replay({ ...pipeline, history });
    expect(differences(recordedActions(pipeline), actions).length).toBeGreaterThan(0);
  });
  test('a timer that is not set any more, or set to another time', async () => {
    const waiting = all
      .map(({ instance }) => instance)
      .find((instance) => recordedActions(instance).some(({ actionType }) => actionType === ACTION.timer))!;
    const recorded = recordedActions(waiting);
    const { actions } = await replay(waiting);
    expect(differences(recorded, actions)).toEqual([]);
    const dropped = recorded.filter(({ actionType }) => actionType !== ACTION.timer);
    expect(differences(dropped, actions).length).toBeGreaterThan(0);
    const moved = recorded.map((action) =>
      action.actionType === ACTION.timer
        ? { ...action, fireAt: '2001-01-01T00:00:00.000Z' as unknown as Date }
        : action,
    );
    expect(differences(moved, actions).length).toBeGreaterThan(0);
  });
  test('every recorded action left out, renamed or swapped with its neighbour', async () => {
    const recorded = recordedActions(pipeline);
    const { actions } = await replay(pipeline);
    for (const [index, action] of recorded.entries()) {
      expect(differences(recorded.toSpliced(index, 1), actions).length).toBeGreaterThan(0);
      const renamed = recorded.with(index, { ...action, functionName: 'another', operation: 'another' });
      expect(differences(renamed, actions).length).toBeGreaterThan(0);
      const next = recorded[index + 1];
      if (next === undefined || JSON.stringify(next) === JSON.stringify(action)) continue;
      const swapped = recorded.with(index, next).with(index + 1, action);
      expect(differences(swapped, actions).length).toBeGreaterThan(0);
    }
  });
  test('an answer that never came', async () => {
    const index = pipeline.history.findIndex((event) => event['EventType'] === EVENT.taskCompleted);
    const { actions } = await replay({ ...pipeline, history: pipeline.history.slice(0, index) });
    expect(actions.length).toBeLessThan(flatten(recordedActions(pipeline)).length);
  });
});
