import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testStorage, uniqueName } from '../../support/azurite';
import { send } from '../host/http-client';
import { startHostProcess, type HostProcess } from '../host/host-process';

const APP = path.join(__dirname, '../fixtures/apps/triggers');

/** What a handler saw, as the app of the test notes it. */
interface BlobSight {
  readonly text: string;
  readonly isBuffer: boolean;
  readonly triggerMetadata: Record<string, unknown>;
}

describe('timers, blobs and events on the embedded host', () => {
  const container = uniqueName('landing');
  const told = uniqueName('told');
  const hostId = uniqueName('host');
  let host: HostProcess;
  let blobs: BlobServiceClient;
  let queues: QueueServiceClient;

  const start = () =>
    startHostProcess({
      app: APP,
      env: {
        CONTAINER: container,
        SET_OUTSIDE: 'environment',
        'AzureWebJobs.disabled.Disabled': 'true',
        SLUICE_LOCAL_EVENT_GRID: `${told}=told`,
        AzureFunctionsWebHost__hostid: hostId,
      },
    });
  const seen = async <T>(name: string): Promise<T[]> =>
    (await send(host.baseUrl, 'GET', `/api/seen/${name}`)).json as T[];
  const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(50);
    }
  };
  const sights = (name: string, count: number) =>
    until(async () => {
      const all = await seen<BlobSight>(name);
      return all.length >= count ? all : undefined;
    });
  const put = async (name: string, text: string, into = container) => {
    await blobs.getContainerClient(into).createIfNotExists();
    await blobs
      .getContainerClient(into)
      .getBlockBlobClient(name)
      .upload(text, Buffer.byteLength(text), {
        blobHTTPHeaders: { blobContentType: 'text/x-test' },
        metadata: { colour: 'green' },
      });
  };

  beforeAll(async () => {
    const { connectionString } = await testStorage();
    blobs = BlobServiceClient.fromConnectionString(connectionString);
    queues = QueueServiceClient.fromConnectionString(connectionString);
    host = await start();
  });
  afterAll(() => host.end());

  it('reads local.settings.json, which the environment overrides', async () => {
    expect((await send(host.baseUrl, 'GET', '/api/settings')).json).toEqual(['file', 'environment', 'node']);
  });

  it('fires a timer by its schedule, without a status where it fires more than once a minute', async () => {
    const ticks = await until(async () => {
      const all = await seen('everySecond');
      return all.length >= 2 ? all : undefined;
    });
    expect(ticks[0]).toEqual({ schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false });
  });

  it('fires at the start where it is asked to, with a status and without', async () => {
    const [yearly] = await until(async () => ((await seen('yearly')).length > 0 ? seen('yearly') : undefined));
    expect(yearly).toEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: {
        last: '0001-01-01T00:00:00+00:00',
        next: expect.stringMatching(/^\d{4}-01-01T00:00:00\+00:00$/),
        lastUpdated: '0001-01-01T00:00:00+00:00',
      },
      isPastDue: false,
    });
    const [unmonitored] = await until(async () =>
      (await seen('unmonitored')).length > 0 ? seen('unmonitored') : undefined,
    );
    expect(unmonitored).toMatchObject({ scheduleStatus: null });
  });

  it('repeats a timer that fails as its retry policy says', async () => {
    const contexts = await sights('retried', 3);
    expect(contexts).toEqual([0, 1, 2].map((retryCount) => ({ retryCount, maxRetryCount: 2 })));
  });

  it('runs a timer when the admin API is asked to', async () => {
    const before = (await seen('unmonitored')).length;
    expect((await send(host.baseUrl, 'POST', '/admin/functions/unmonitored', { body: '{"input":""}' })).status).toBe(
      202,
    );
    expect(await sights('unmonitored', before + 1)).toHaveLength(before + 1);
    expect((await send(host.baseUrl, 'POST', '/admin/functions/nobody', { body: '{}' })).status).toBe(404);
  });

  it('hands over a new blob that fits the pattern, with the values of its parameters', async () => {
    await put('in/no-type', 'does not fit');
    await put('in/deep/er/two.dots.csv', 'héllo');
    const [sight] = await sights('parts', 1);
    expect(sight).toMatchObject({
      text: 'héllo',
      isBuffer: true,
      triggerMetadata: {
        blobTrigger: `${container}/in/deep/er/two.dots.csv`,
        folder: 'deep/er',
        name: 'two.dots',
        type: 'csv',
        metadata: { colour: 'green' },
        properties: { contentType: 'text/x-test', contentLength: 6, eTag: expect.any(String) },
      },
    });
    expect(new URL(String(sight?.triggerMetadata['uri'])).pathname).toContain(`/${container}/in/deep/er/two.dots.csv`);
  });

  it('takes a blob function with the source EventGrid as well', async () => {
    await put('pushed/a', 'pushed');
    expect(await sights('pushed', 1)).toMatchObject([{ text: 'pushed', triggerMetadata: { name: 'a' } }]);
  });

  it('tells an eventGridTrigger function of blobs in the containers that SLUICE_LOCAL_EVENT_GRID names', async () => {
    await put('x/y.csv', 'abc', told);
    const [event] = await sights('told', 1);
    expect(event).toMatchObject({
      eventType: 'Microsoft.Storage.BlobCreated',
      subject: `/blobServices/default/containers/${told}/blobs/x/y.csv`,
      data: { contentLength: 3, contentType: 'text/x-test', url: expect.stringContaining(`/${told}/x/y.csv`) },
    });
  });

  it('delivers events that are posted to the webhook of Event Grid, and answers its handshake', async () => {
    const before = (await seen('told')).length;
    const webhook = '/runtime/webhooks/EventGrid?functionName=TOLD';
    const post = (type: string, body: unknown) =>
      send(host.baseUrl, 'POST', webhook, { headers: { 'aeg-event-type': type }, body: JSON.stringify(body) });
    const handshake = await post('SubscriptionValidation', [{ data: { validationCode: 'abc' } }]);
    expect(handshake.json).toEqual({ validationResponse: 'abc' });
    expect((await post('Notification', [{ id: '1' }, { id: '2' }])).status).toBe(202);
    expect((await seen<{ id: string }>('told')).slice(before).map(({ id }) => id)).toEqual(['1', '2']);
    const unknown = await send(host.baseUrl, 'POST', '/runtime/webhooks/EventGrid?functionName=nobody', { body: '[]' });
    expect(unknown.status).toBe(404);
  });

  it('puts a blob whose function fails five times into the poison queue', async () => {
    await put('failing/bad', 'x');
    const message = await until(async () => {
      const peeked = await queues
        .getQueueClient('webjobs-blobtrigger-poison')
        .peekMessages({ numberOfMessages: 32 })
        .catch(() => undefined);
      const texts = (peeked?.peekedMessageItems ?? []).map(({ messageText }) =>
        Buffer.from(messageText, 'base64').toString(),
      );
      const all = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
      return all.find(({ ContainerName }) => ContainerName === container);
    });
    expect(message).toEqual({
      Type: 'BlobTrigger',
      FunctionId: 'Host.Functions.failing',
      BlobType: 'BlockBlob',
      ContainerName: container,
      BlobName: 'failing/bad',
      ETag: expect.stringContaining('0x'),
    });
    expect(await seen('failing')).toEqual(Array.from({ length: 5 }, () => 'bad'));
  });

  it('lists what it runs, and says of the rest why not', async () => {
    const output = host.output();
    expect(output).toContain('everySecond  * * * * * *');
    expect(output).toMatch(/seen +\[GET,POST\] +http:\/\/127\.0\.0\.1:\d+\/api\/seen\/\{name\}/);
    expect(output).toContain(
      'queued: the embedded host does not support the trigger type "queueTrigger". Supported: httpTrigger',
    );
    expect(output).toContain('stores: the embedded host does not support the output type "blob". Supported: http.');
    expect(output).toContain('disabled: the setting AzureWebJobs.disabled.Disabled switches it off.');
    expect(await seen('disabled')).toEqual([]);
    expect(output).toContain('crooked: "every day" is no NCRONTAB schedule');
    expect(output).toContain('unset: The app setting "NO_SUCH_SETTING"');
    expect(output).toContain('elsewhere: The storage connection "NoSuchConnection"');
  });

  it('gives a blob again after a restart only where it has changed since, and finds a timer that it missed', async () => {
    await put('in/kept/a.csv', 'first');
    await until(async () => (await seen<BlobSight>('parts')).find(({ text }) => text === 'first'));
    const receipts = blobs.getContainerClient('azure-webjobs-hosts');
    await until(async () => {
      const prefix = `blobreceipts/${hostId}/Host.Functions.parts/`;
      for await (const { name } of receipts.listBlobsFlat({ prefix })) if (name.endsWith('/in/kept/a.csv')) return name;
      return undefined;
    });
    expect(await host.end()).toBe(0);
    const status = receipts.getBlockBlobClient(`timers/${hostId}/Host.Functions.yearly/status`);
    const past = {
      Last: '2020-01-01T00:00:00+00:00',
      Next: '2021-01-01T00:00:00+00:00',
      LastUpdated: '2020-01-01T00:00:00+00:00',
    };
    await status.upload(JSON.stringify(past), JSON.stringify(past).length);
    host = await start();
    await put('in/new/b.csv', 'second');
    const again = await sights('parts', 1);
    expect(again.map(({ text }) => text)).toEqual(['second']);
    expect((await seen<{ isPastDue: boolean }>('yearly')).map(({ isPastDue }) => isPastDue)).toEqual([true]);
    await until(async () => {
      const { Next } = JSON.parse((await status.downloadToBuffer()).toString()) as { Next: string };
      return new Date(Next).getTime() > Date.now() ? Next : undefined;
    });
  });
});
