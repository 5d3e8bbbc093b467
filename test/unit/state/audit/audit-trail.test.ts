import { TableClient } from '@azure/data-tables';
import { verifyAudit } from '../../../../src/triggers/audit/verify-audit';
import { exportAudit } from '../../../../src/triggers/audit/export-audit';
import { createStores } from '../../../../src/state/create-stores';
import type { AuditEntry, Stores } from '../../../../src/state/stores';
import type { Logger } from '../../../../src/observability/logger';
import { testStorage, uniqueName } from '../../../support/azurite';

const quiet: Logger = { debug: noop, info: noop, warn: noop, error: noop, with: () => quiet };
function noop(): void {}

/** Two instances of an app: each with its own stores on the same account, and a client for those who tamper with its table. */
async function instances() {
  const { connectionString } = await testStorage();
  const name = uniqueName('t').slice(0, 30);
  const make = (): Stores =>
    createStores({
      storageSetting: 'S',
      env: { S: connectionString },
      container: name,
      auditContainer: `${name}a`,
      tablePrefix: name,
    });
  const table = TableClient.fromConnectionString(connectionString, `${name}audit`, { allowInsecureConnection: true });
  return { one: make(), two: make(), table };
}
const entry = (at: string, subject: string): AuditEntry => ({
  at: `${at}T01:00:00.000Z`,
  action: 'run-started',
  by: 'ann',
  subject,
  detail: { n: 1 },
  correlationId: 'c',
});
const found = async (stores: Stores) =>
  (await verifyAudit({ stores })).findings.map(({ kind, day, sequence }) => `${kind} ${day} ${sequence}`);
const entryKey = (sequence: number) => `e:${String(sequence).padStart(16, '0')}`;

test('many writers on two instances make one chain without a gap, and each entry once', async () => {
  const { one, two } = await instances();
  const all = Array.from({ length: 60 }, (_, index) => entry('2026-01-01', `run-${index}`));
  await Promise.all(all.flatMap((each) => [one.audit.append(each), two.audit.append(each)]));
  const listed = await one.audit.list({ day: '2026-01-01', limit: 100 });
  expect(listed.map(({ subject }) => subject).toSorted()).toEqual(all.map(({ subject }) => subject).toSorted());
  expect(await verifyAudit({ stores: two })).toMatchObject({ verified: true, days: 1, entries: 60, findings: [] });
});

test('instances that begin a new day at once agree on one, and it carries the last hash of the day before', async () => {
  const { one, two } = await instances();
  await one.audit.append(entry('2026-01-01', 'a'));
  await Promise.all(
    [0, 1, 2, 3].flatMap((index) => [
      one.audit.append(entry('2026-01-02', `one ${index}`)),
      two.audit.append(entry('2026-01-02', `two ${index}`)),
    ]),
  );
  expect(await verifyAudit({ stores: one })).toMatchObject({ verified: true, days: 2, entries: 9 });
  const [first, second] = [await one.trail.end('2026-01-01'), await one.trail.end('2026-01-02')];
  expect(first).toMatchObject({ next: '2026-01-02', sequence: 1 });
  expect(second).toMatchObject({ after: '2026-01-01', sequence: 8 });
  for await (const { found: record } of one.trail.entries('2026-01-02', { to: 1 })) {
    expect(record).toMatchObject({ after: '2026-01-01', previous: first!.hash });
  }
});

test('an entry that comes late stands in the day that is open; repeated, on whichever day, it is the same one', async () => {
  const { one, two } = await instances();
  const late = entry('2026-01-01', 'late');
  await one.audit.append(entry('2026-01-01', 'a'));
  await one.audit.append(entry('2026-01-02', 'b'));
  await two.audit.append(late);
  await one.audit.append(entry('2026-01-03', 'c'));
  await one.audit.append(late);
  await two.audit.append(entry('2026-01-01', 'a'));
  expect(await one.audit.list({ day: '2026-01-02', limit: 10 })).toMatchObject([{ subject: 'late' }, { subject: 'b' }]);
  await exportAudit({ stores: one, log: quiet });
  expect(await verifyAudit({ stores: one })).toMatchObject({ verified: true, days: 3, entries: 4 });
});

test('an entry with a key is the same one at another time, also after midnight', async () => {
  const { one, two } = await instances();
  const ended = (at: string): AuditEntry => ({ ...entry('2026-01-01', 'run-1'), at, action: 'run-ended' });
  await one.audit.append(ended('2026-01-01T23:59:59.000Z'), 'run-ended run-1');
  await two.audit.append(ended('2026-01-01T23:59:59.900Z'), 'run-ended run-1');
  await two.audit.append(ended('2026-01-02T00:00:01.000Z'), 'run-ended run-1');
  await Promise.all([1, 2, 3].map((n) => one.audit.append(ended(`2026-01-02T00:00:0${n}.000Z`), 'run-ended run-2')));
  await exportAudit({ stores: one, log: quiet });
  expect(await verifyAudit({ stores: one })).toMatchObject({ verified: true, days: 2, entries: 2 });
});

test('whoever dies between closing a day and beginning the next leaves it to the next writer', async () => {
  const { one, two, table } = await instances();
  await one.audit.append(entry('2026-01-01', 'a'));
  const head = await table.getEntity('2026-01-01', 'head');
  await table.updateEntity({ partitionKey: '2026-01-01', rowKey: 'head', next: '2026-01-02' }, 'Merge', {
    etag: head.etag,
  });
  await two.audit.append(entry('2026-01-01', 'b'));
  expect(await two.audit.list({ day: '2026-01-02', limit: 10 })).toMatchObject([{ subject: 'b' }]);
  expect(await found(two)).toEqual([]);
});

test('a batch of more entries than a transaction holds', async () => {
  const { one } = await instances();
  await Promise.all(Array.from({ length: 130 }, (_, index) => one.audit.append(entry('2026-01-01', `run-${index}`))));
  expect(await verifyAudit({ stores: one })).toMatchObject({ verified: true, entries: 130 });
  expect(await one.audit.list({ day: '2026-01-01', limit: 3 })).toHaveLength(3);
});

describe('somebody who may write the table', () => {
  let world: Awaited<ReturnType<typeof instances>>;
  beforeEach(async () => {
    world = await instances();
    for (const day of ['2026-01-01', '2026-01-02', '2026-01-03'])
      for (const subject of ['a', 'b', 'c']) await world.one.audit.append(entry(day, `${day} ${subject}`));
    await exportAudit({ stores: world.one, log: quiet });
    expect(await verifyAudit({ stores: world.two })).toMatchObject({ verified: true, entries: 9, copied: 9 });
  });
  const row = (day: string, sequence: number) => [day, entryKey(sequence)] as const;

  test('removes an entry', async () => {
    await world.table.deleteEntity(...row('2026-01-02', 2));
    expect(await found(world.two)).toEqual(['removed 2026-01-02 2', 'removed 2026-01-02 2']);
  });

  test('alters an entry', async () => {
    const [partitionKey, rowKey] = row('2026-01-02', 2);
    const { entry0 } = await world.table.getEntity<{ entry0: string }>(partitionKey, rowKey);
    await world.table.updateEntity({ partitionKey, rowKey, entry0: entry0.replace('ann', 'eve') }, 'Merge');
    expect(await found(world.two)).toEqual(['altered 2026-01-02 2']);
  });

  test('cuts off the end of the last day, and sets its head back', async () => {
    await world.table.deleteEntity(...row('2026-01-03', 3));
    const two = await world.table.getEntity<{ entry0: string }>(...row('2026-01-03', 2));
    const { hash } = JSON.parse(two.entry0) as { hash: string };
    await world.table.updateEntity({ partitionKey: '2026-01-03', rowKey: 'head', sequence: 2, hash }, 'Merge');
    // In itself the chain is whole: only the copy knows.
    expect(await found(world.two)).toEqual(['cut-off 2026-01-03 3']);
  });

  test('takes a whole day away, the last one or another', async () => {
    for (const day of ['2026-01-02', '2026-01-03'])
      for await (const { partitionKey, rowKey } of world.table.listEntities({
        queryOptions: { filter: `PartitionKey eq '${day}'` },
      }))
        await world.table.deleteEntity(partitionKey!, rowKey!);
    expect((await found(world.two)).filter((each) => each.endsWith('null'))).toEqual([
      'removed 2026-01-02 null',
      'removed 2026-01-03 null',
    ]);
  });

  test('inserts an entry behind the end', async () => {
    const last = await world.table.getEntity<{ entry0: string }>(...row('2026-01-03', 3));
    await world.table.createEntity({
      partitionKey: '2026-01-03',
      rowKey: entryKey(4),
      entryChunks: 1,
      entry0: last.entry0,
    });
    expect(await found(world.two)).toEqual(['inserted 2026-01-03 4']);
  });

  test('takes the head away: what is done from then on is noted all the same', async () => {
    await world.table.deleteEntity('2026-01-03', 'head');
    await world.two.audit.append(entry('2026-01-03', 'after'));
    expect(await world.two.audit.list({ day: '2026-01-03', limit: 1 })).toMatchObject([{ subject: 'after' }]);
    expect(await found(world.two)).toEqual([]);
  });

  test('a chain that does not go on where its copy ends is copied no further', async () => {
    for await (const { partitionKey, rowKey } of world.table.listEntities({
      queryOptions: { filter: "PartitionKey eq '2026-01-03'" },
    }))
      await world.table.deleteEntity(partitionKey!, rowKey!);
    for (const subject of ['x', 'y', 'z', 'more']) await world.two.audit.append(entry('2026-01-03', subject));
    expect(await exportAudit({ stores: world.two, log: quiet })).toMatchObject({ entries: 0, broken: ['2026-01-03'] });
    expect((await found(world.two)).length).toBeGreaterThan(0);
  });
});

test('an export adds what is new, nothing twice, also when two instances export at once', async () => {
  const { one, two } = await instances();
  const append = async (day: string, from: number, to: number) => {
    for (let index = from; index < to; index += 1) await one.audit.append(entry(day, `run-${index}`));
  };
  await append('2026-01-01', 0, 5);
  const exports = await Promise.all([
    exportAudit({ stores: one, log: quiet }),
    exportAudit({ stores: two, log: quiet }),
  ]);
  expect(exports.every(({ broken }) => broken.length === 0)).toBe(true);
  await append('2026-01-01', 5, 8);
  await append('2026-01-02', 0, 2);
  expect(await exportAudit({ stores: two, log: quiet })).toEqual({ days: 2, entries: 5, broken: [] });
  expect(await exportAudit({ stores: one, log: quiet })).toEqual({ days: 0, entries: 0, broken: [] });
  const places: number[] = [];
  for await (const { place, found: record } of two.auditCopy.entries('2026-01-01')) {
    expect(record!.sequence).toBe(place);
    places.push(place);
  }
  expect(places).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await verifyAudit({ stores: one })).toMatchObject({ verified: true, entries: 10, copied: 10 });
});

test('a day that was never copied is told once another has begun after the next', async () => {
  const { one } = await instances();
  for (const day of ['2026-01-01', '2026-01-02', '2026-01-03']) await one.audit.append(entry(day, 'a'));
  expect(await found(one)).toEqual(['not-copied 2026-01-01 1']);
});

test('a span is verified by itself, against the end of the day before it', async () => {
  const { one } = await instances();
  for (const day of ['2026-01-01', '2026-01-02', '2026-01-03']) await one.audit.append(entry(day, 'a'));
  expect(await verifyAudit({ stores: one }, { from: '2026-01-02', to: '2026-01-02' })).toMatchObject({
    verified: true,
    days: 1,
    entries: 1,
  });
});
