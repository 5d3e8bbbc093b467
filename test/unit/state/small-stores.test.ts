import type { ArtifactRef } from '../../../src/model/artifact';
import { createStores } from '../../../src/state/create-stores';
import type { AuditEntry, QuarantineBatch, Stores } from '../../../src/state/stores';
import { testStores } from './test-stores';

let stores: Stores;
beforeAll(async () => {
  stores = await testStores();
});
const artifact: ArtifactRef = { path: 'q', bytes: 1, sha256: 'a', rows: 3, columns: [] };
const batch = (runId: string, pipeline: string, partition: number, at: string): QuarantineBatch => ({
  runId,
  pipeline,
  step: 'transform',
  partition,
  artifact,
  rows: 3,
  reasons: [{ reason: 'notNull(a)', rows: 3 }],
  at,
});

describe('the quarantine index', () => {
  const [one, two, three] = [
    batch('run-1', 'a', 0, '2026-01-01T10:00:00.000Z'),
    batch('run-1', 'ab', 1, '2026-01-01T10:00:30.000Z'),
    batch('run-2', 'a', 0, '2026-01-01T11:00:00.000Z'),
  ];
  beforeAll(async () => {
    for (const each of [one, two, three, one]) await stores.quarantine.add(each);
  });

  test('lists batches newest first, each once though it was added twice', async () => {
    expect(await stores.quarantine.list({ limit: 10 })).toEqual([three, two, one]);
    expect(await stores.quarantine.list({ limit: 2 })).toEqual([three, two]);
  });

  test('of a pipeline, of a run, and of both', async () => {
    expect(await stores.quarantine.list({ pipeline: 'a', limit: 10 })).toEqual([three, one]);
    expect(await stores.quarantine.list({ runId: 'run-1', limit: 10 })).toEqual([two, one]);
    expect(await stores.quarantine.list({ runId: 'run-1', pipeline: 'a', limit: 10 })).toEqual([one]);
    expect(await stores.quarantine.list({ pipeline: 'none', limit: 10 })).toEqual([]);
  });
});

test('the audit log lists a day newest first, the same entry once', async () => {
  const entry = (at: string, action: string): AuditEntry => ({
    at,
    action,
    by: 'ann',
    subject: 'run-1',
    detail: { n: 1 },
    correlationId: 'c',
  });
  const [early, late, other] = [
    entry('2026-01-01T01:00:00.000Z', 'run-started'),
    entry('2026-01-01T02:00:00.000Z', 'run-ended'),
    entry('2026-01-02T00:00:00.000Z', 'run-started'),
  ];
  for (const each of [early, late, other, early]) await stores.audit.append(each);
  expect(await stores.audit.list({ day: '2026-01-01', limit: 10 })).toEqual([late, early]);
  expect(await stores.audit.list({ day: '2026-01-01', limit: 1 })).toEqual([late]);
});

test('a cursor moves from where it is expected only, and of many movers one succeeds', async () => {
  const { cursors } = stores;
  expect(await cursors.get('p')).toBeNull();
  expect(await cursors.move('p', '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z')).toBe(false);
  const first = await Promise.all([1, 2, 3, 4].map((day) => cursors.move('p', null, `2026-01-0${day}T00:00:00.000Z`)));
  expect(first.filter(Boolean)).toHaveLength(1);
  const stands = await cursors.get('p');
  const moves = await Promise.all([5, 6, 7].map((day) => cursors.move('p', stands, `2026-01-0${day}T00:00:00.000Z`)));
  expect(moves.filter(Boolean)).toHaveLength(1);
  expect(await cursors.move('p', stands, '2026-01-09T00:00:00.000Z')).toBe(false);
});

test('a storage account that does not answer is a failure that is retried, one that refuses is not', async () => {
  const account =
    'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=eHg=;TableEndpoint=http://127.0.0.1:9/a;BlobEndpoint=http://127.0.0.1:9/a';
  const none = createStores({ storageSetting: 'S', env: { S: account } });
  await expect(none.cursors.get('p')).rejects.toMatchObject({ class: 'infrastructure', code: 'storage-unavailable' });
});
