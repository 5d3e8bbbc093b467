import { EntityId } from 'durable-functions';
import { SLOT_POOL, type SlotsState } from '../../durable/contracts/entities';
import { ENTITIES } from '../../durable/contracts/names';
import type { Orchestrations } from '../trigger-services';
import type { Route } from './handle';

/** `GET /api/slots`: who has the slots of the app's pool and of connections with a limit, and who waits for them. */
export const listSlots: Route = async ({ project, poolSlots }, _request, client) => {
  const { partial } = project.load();
  const limited = Object.entries(partial.connections).flatMap(([connection, { maxPartitions }]) =>
    maxPartitions === undefined ? [] : [{ connection, slots: maxPartitions }],
  );
  const connections = limited.map(async ({ connection, slots }) => ({
    connection,
    slots,
    ...(await stateOf(client, new EntityId(ENTITIES.connectionSlots, connection))),
  }));
  const pool = await stateOf(client, new EntityId(ENTITIES.slotPool, SLOT_POOL));
  return { jsonBody: { pool: { slots: poolSlots, ...pool }, connections: await Promise.all(connections) } };
};

async function stateOf(client: Orchestrations, entity: EntityId) {
  const { entityExists, entityState } = await client.readEntityState<SlotsState>(entity);
  const { held, queue }: SlotsState = entityExists && entityState ? entityState : { held: [], queue: [] };
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    used: held.reduce((sum, { slots }) => sum + slots, 0),
    held: held.map(({ holder, run, slots, expiresAt }) => ({ run, holder, slots, expiresAt: time(expiresAt) })),
    // In the order of their turns.
    waiting: queue.map(({ holder, run, priority = 'normal' }) => ({ run, holder, priority })),
  };
}
