import type { EventGridEvent, InvocationContext } from '@azure/functions';
import { blobHandler } from '../../../src/triggers/files/blob-handler';
import { eventQueueHandler } from '../../../src/triggers/files/event-queue-handler';
import { eventHandler } from '../../../src/triggers/files/event-handler';
import { matchBlobPath } from '../../../src/triggers/files/match-blob-path';
import { FakeOrchestrations } from './fake-orchestrations';
import { testServices, type TestServices } from './test-services';

let services: TestServices;
let durable: FakeOrchestrations;
beforeEach(async () => {
  services = await testServices();
  durable = new FakeOrchestrations();
});
const PATTERN = 'landing/customers/{name}.csv';
const blob = async (path: string, eTag: string): Promise<void> => {
  const context = { triggerMetadata: { blobTrigger: path, properties: { eTag } } } as unknown as InvocationContext;
  await blobHandler(services, 'customers')(Buffer.from('id\n1\n'), durable as never, context);
};
const created = (name: string, eTag: string, more: object = {}, data: object = {}): EventGridEvent =>
  ({
    id: '1',
    eventType: 'Microsoft.Storage.BlobCreated',
    subject: `/blobServices/default/containers/landing/blobs/${name}`,
    data: { api: 'PutBlob', eTag, contentLength: 5, ...data },
    ...more,
  }) as unknown as EventGridEvent;
const event = async (its: EventGridEvent): Promise<void> => {
  await eventHandler(services, 'customers', PATTERN)(its, durable as never, {} as unknown as InvocationContext);
};

test('a blob version starts its pipeline once, whichever trigger sees it and however often', async () => {
  await blob('landing/customers/a.csv', '"0x8D"');
  await event(created('customers/a.csv', '0x8D'));
  await blob('landing/customers/a.csv', '"0x8D"');
  expect(durable.starts).toHaveLength(1);
  const [runId] = durable.starts;
  expect(durable.instances.get(runId!)!.input).toMatchObject({ levels: [['customers']] });
  expect((await services.stores.runs.get(runId!))?.trigger).toEqual({
    kind: 'blob',
    pipeline: 'customers',
    path: 'landing/customers/a.csv',
    etag: '0x8D',
  });
});

test('at once, too', async () => {
  const same = created('customers/a.csv', '0x8D');
  await Promise.all([event(same), event(same), blob('landing/customers/a.csv', '"0x8D"')]);
  expect(durable.starts).toHaveLength(1);
});

test('another version, and another blob, start another run', async () => {
  await event(created('customers/a.csv', '0x1'));
  await event(created('customers/a.csv', '0x2'));
  await event(created('customers/b.csv', '0x1'));
  expect(new Set(durable.starts).size).toBe(3);
});

test('CloudEvents are understood', async () => {
  await event(created('customers/sub/a.csv', '0x1', { eventType: undefined, type: 'Microsoft.Storage.BlobCreated' }));
  expect(durable.starts).toHaveLength(1);
});

test.each([
  ['another path', created('orders/a.csv', '0x1')],
  ['another ending', created('customers/a.csv.tmp', '0x1')],
  ['another kind of event', created('customers/a.csv', '0x1', { eventType: 'Microsoft.Storage.BlobDeleted' })],
  ['a file that is not complete yet', created('customers/a.csv', '0x1', {}, { api: 'CreateFile' })],
  ['a subject of something else', created('', '0x1', { subject: '/other' })],
  ['no blob event at all', { id: '1', data: {} } as unknown as EventGridEvent],
])('%s starts nothing and fails nothing', async (_, its) => {
  await event(its);
  expect(durable.starts).toEqual([]);
});

test('a blob trigger that does not say which blob fails, so that the host keeps it', async () => {
  const context = { triggerMetadata: {} } as unknown as InvocationContext;
  await expect(blobHandler(services, 'customers')('', durable as never, context)).rejects.toThrow('which blob');
});

test.each([
  ['landing/a/{name}.csv', 'landing/a/b/c.csv', true],
  ['landing/a/{name}.csv', 'landing/a/bXcsv', false],
  ['landing/a+b/{x}-{y}.csv', 'landing/a+b/1-2.csv', true],
  ['landing/a/x.csv', 'landing/a/x.csv', true],
  ['landing/a/{name}.csv', 'other/landing/a/x.csv', false],
])('the path %s means %s: %s', (pattern, path, expected) => {
  expect(matchBlobPath(pattern, path)).toBe(expected);
});

describe('a queue of events', () => {
  const message = async (its: unknown): Promise<void> => {
    await eventQueueHandler(services)(its, durable as never, {} as unknown as InvocationContext);
  };

  test('starts every pipeline that the blob is for, once, with one message or several', async () => {
    await message(created('customers/a.csv', '0x1'));
    await message(created('customers/a.csv', '0x1'));
    expect(durable.starts).toHaveLength(1);
    expect(durable.instances.get(durable.starts[0]!)!.input).toMatchObject({ levels: [['customers']] });
  });

  test('reads plain JSON, JSON in Base64, and several events in one message', async () => {
    const base64 = (content: unknown): string => Buffer.from(JSON.stringify(content)).toString('base64');
    await message(base64(created('customers/a.csv', '0x1')));
    await message([created('customers/b.csv', '0x1'), created('customers/c.csv', '0x1')]);
    expect(durable.starts).toHaveLength(3);
  });

  test('starts nothing for blobs of no pipeline, and for what is no event', async () => {
    await message(created('others/a.csv', '0x1'));
    for (const text of ['not JSON', '', 'bnVsbA==', Buffer.from('1').toString('base64')]) await message(text);
    expect(durable.starts).toEqual([]);
    expect(services.events).toContain('event-not-understood');
  });
});
