import type { BatchAnswer, EntityTurn } from './core/entity-batch';
import type { Entity } from './core/entity';
import { parseEntityId } from './core/entity-id';
import type { FunctionApp } from '../worker/function-app';
import type { FunctionDirectory } from './function-directory';
import { jsonOf } from './typed-data';

/** Runs the operations of a turn on the entity function, as one batch; undefined where there are none. */
export async function callEntity(
  app: FunctionApp,
  directory: FunctionDirectory,
  one: Entity,
  { operations }: EntityTurn,
): Promise<BatchAnswer | undefined> {
  if (operations.length === 0) return undefined;
  const { name, key } = parseEntityId(one.id) ?? { name: one.id, key: '' };
  const failed = (message: string): BatchAnswer => ({
    results: operations.map(() => ({ isError: true, result: JSON.stringify(message) })),
    entityExists: one.exists,
    entityState: one.state,
  });
  const fn = directory.find('entity', name);
  if (fn === undefined) return failed(`There is no entity function '${name}'.`);
  const batch = operations.map(({ name: operation, input, isSignal, id }) => ({
    name: operation,
    input,
    isSignal,
    id,
  }));
  const payload = JSON.stringify({ self: { name, key }, exists: one.exists, state: one.state, batch });
  const outcome = await app.invoke(fn.name, {
    triggerData: { json: payload },
    triggerMetadata: {
      [fn.trigger.name]: { json: payload },
      self: { json: JSON.stringify({ name, key }) },
      exists: { string: one.exists ? 'True' : 'False' },
      ...(one.state !== null && { state: { json: one.state } }),
    },
  });
  return outcome.ok ? (JSON.parse(jsonOf(outcome.returnValue)) as BatchAnswer) : failed(outcome.error.message);
}
