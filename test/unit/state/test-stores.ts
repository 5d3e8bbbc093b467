import { createStores } from '../../../src/state/create-stores';
import type { StartRequest, Stores } from '../../../src/state/stores';
import { testStorage, uniqueName } from '../../support/azurite';

/** Stores of the test file's own, on the real Azurite of this Jest run; tables by way of a port where one is given. */
export async function testStores(nowMs: () => number = Date.now, tablePort?: number): Promise<Stores> {
  const storage = await testStorage();
  const tables = /TableEndpoint=http:\/\/[^/]+/;
  const connectionString =
    tablePort === undefined
      ? storage.connectionString
      : storage.connectionString.replace(tables, `TableEndpoint=http://127.0.0.1:${tablePort}`);
  const name = uniqueName('t');
  return createStores({
    storageSetting: 'STORAGE',
    env: { STORAGE: connectionString },
    nowMs,
    container: name,
    auditContainer: `${name}a`,
    tablePrefix: name.slice(0, 30),
  });
}

/** A start request; `runId` decides the key. */
export function startRequest(runId: string, more: Partial<StartRequest> = {}): StartRequest {
  return {
    runId,
    startKey: `key-of-${runId}`,
    trigger: { kind: 'manual', by: 'ann' },
    environment: 'test',
    correlationId: `c-${runId}`,
    plan: { path: 'plans/x.json', bytes: 2, sha256: 'abc' },
    pipelines: ['airports', 'flights'],
    parameters: { day: '2001-01-01' },
    requestedAt: '2026-01-01T10:00:00.000Z',
    masterInput: { runId },
    ...more,
  };
}
