import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { openChannel, type ChannelServices } from '../../../src/channels/open-channel';
import type { Delivery } from '../../../src/channels/channel';
import type { ChannelConfig } from '../../../src/config/schema/alert-channel';
import { alertChannel } from '../../../src/config/schema/alert-channel';
import { receivingServer, type ReceivingServer } from '../../support/receiving-server';
import { message } from './message';

let server: ReceivingServer;
beforeAll(async () => {
  server = await receivingServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
  server.answer = () => ({});
});

const KEY = '11111111-2222-4333-8444-555555555555';
const delivery = (more: Partial<Delivery> = {}): Delivery => ({
  key: KEY,
  firstAt: '2026-01-01T02:03:04.000Z',
  again: false,
  reference: null,
  ...more,
});
const secrets: Record<string, string> = {
  pw: 'the-secret',
  'acs-key': Buffer.from('an access key').toString('base64'),
};
const services = (more: Partial<ChannelServices> = {}): ChannelServices => ({
  secret: async (name) => {
    const value = secrets[name];
    if (value === undefined) throw new Error(`no secret ${name}`);
    return value;
  },
  credential: () => ({
    getToken: async () => ({ token: 'identity-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
  }),
  write: () => undefined,
  ca: server.ca,
  ...more,
});
const config = (given: object): ChannelConfig => alertChannel.parse(given);
const open = (given: object, more: Partial<ChannelServices> = {}) => openChannel('it', config(given), services(more));
const kinds: Record<string, () => object> = {
  webhook: () => (
    (secrets['hook'] = `${server.url}/hook?sig=abc`),
    { kind: 'webhook', url: '${secret:hook}', host: 'localhost' }
  ),
  teams: () => (
    (secrets['hook'] = `${server.url}/workflows/1?sig=abc`),
    { kind: 'teams', url: '${secret:hook}', host: 'localhost' }
  ),
  mail: () => ({
    kind: 'mail',
    endpoint: server.url,
    accessKey: '${secret:acs-key}',
    from: 'sluice@example.com',
    to: ['a@example.com', 'b@example.com'],
  }),
  sms: () => ({
    kind: 'sms',
    endpoint: server.url,
    accessKey: '${secret:acs-key}',
    from: '+4930111111',
    to: ['+4930123456', '+4930123457'],
  }),
  serviceNow: () => ({
    kind: 'serviceNow',
    url: server.url,
    user: 'sluice',
    secret: '${secret:pw}',
    fields: { assignment_group: 'data' },
  }),
  jira: () => ({
    kind: 'jira',
    url: server.url,
    user: 'ann@example.com',
    secret: '${secret:pw}',
    project: 'OPS',
    fields: { priority: 'High' },
  }),
  github: () => ({
    kind: 'github',
    url: server.url,
    secret: '${secret:pw}',
    repository: 'acme/data',
    labels: ['data'],
  }),
};
/** What each service answers when all is well. */
const TAKEN: Record<string, object> = {
  webhook: {},
  teams: { status: 202 },
  mail: { status: 202, json: { id: KEY, status: 'Succeeded' }, headers: { 'operation-location': '' } },
  sms: {
    status: 202,
    json: {
      value: [
        { to: '+4930123456', messageId: 'm1', httpStatusCode: 202, successful: true },
        { to: '+4930123457', messageId: 'm2', httpStatusCode: 202, successful: true },
      ],
    },
  },
  serviceNow: { status: 201, json: { result: { sys_id: 'inc-7' } } },
  jira: { status: 201, json: { id: '10', key: 'OPS-7' } },
  github: { status: 201, json: { number: 7 } },
};
const all = Object.keys(kinds);
const fails = async (sending: Promise<unknown>) =>
  sending.then(
    () => 'sent',
    (error: unknown) => error as { code: string; class: string; fate: string; retryAfterMs?: number; message: string },
  );

test.each(all)('%s takes a message over TLS', async (kind) => {
  server.answer = () => TAKEN[kind]!;
  const channel = await open(kinds[kind]!());
  await channel.send(message(), delivery());
  expect(server.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  expect(server.received[0]!.text).toContain('flights');
});

describe.each(all)('%s', (kind) => {
  test('an error of the server passes, and is a no', async () => {
    server.answer = () => ({ status: 500, json: { error: { message: 'broken' } } });
    const failure = await fails((await open(kinds[kind]!())).send(message(), delivery()));
    expect(failure).toMatchObject({ code: 'alert-not-sent', class: 'transient', fate: 'refused' });
    expect(server.received).toHaveLength(1);
  });

  test('throttling passes, with the time that the server asks for', async () => {
    server.answer = () => ({ status: 429, headers: { 'retry-after': '17' } });
    const failure = await fails((await open(kinds[kind]!())).send(message(), delivery()));
    expect(failure).toMatchObject({ class: 'transient', fate: 'refused', retryAfterMs: 17_000 });
    expect(server.received).toHaveLength(1);
  });

  test('a message that is not understood is not tried again', async () => {
    server.answer = () => ({ status: 400, json: {} });
    const failure = await fails((await open(kinds[kind]!())).send(message(), delivery()));
    expect(failure).toMatchObject({ class: 'persistent', fate: 'refused' });
  });

  test('a server that does not answer leaves it unknown', async () => {
    server.answer = () => null;
    const failure = await fails((await open({ ...kinds[kind]!(), timeout: '300ms' })).send(message(), delivery()));
    expect(failure).toMatchObject({ class: 'transient', fate: 'unknown' });
    expect((failure as { message: string }).message).toContain('no answer within 300 ms');
  });

  test('a connection that breaks off leaves it unknown', async () => {
    server.answer = () => 'cut';
    const failure = await fails((await open(kinds[kind]!())).send(message(), delivery()));
    expect(failure).toMatchObject({ class: 'transient', fate: 'unknown' });
  });

  test('nobody is followed to another address', async () => {
    const other = await receivingServer({ plain: true });
    server.answer = () => ({ status: 307, headers: { location: other.url } });
    const failure = await fails((await open(kinds[kind]!())).send(message(), delivery()));
    expect(failure).toMatchObject({ class: 'persistent', fate: 'refused' });
    expect(other.received).toEqual([]);
    await other.stop();
  });

  test('a server whose certificate nobody trusts is told nothing', async () => {
    const channel = await openChannel('it', config(kinds[kind]!()), { ...services(), ca: (await strangers()).ca });
    const failure = await fails(channel.send(message(), delivery()));
    expect(failure).toMatchObject({ fate: 'refused' });
    expect(server.received).toEqual([]);
  });

  test('no secret stands in a failure', async () => {
    server.answer = () => ({ status: 401, json: { error: 'the-secret sig=abc' } });
    const failure = await fails((await open(kinds[kind]!())).send(message(), delivery()));
    expect(JSON.stringify(failure)).not.toMatch(/the-secret|sig=abc|YW4gYWNjZXNz/);
    expect((failure as { message: string }).message).not.toMatch(/the-secret|sig=abc/);
  });
});

let stranger: ReceivingServer | undefined;
async function strangers(): Promise<ReceivingServer> {
  stranger ??= await receivingServer();
  return stranger;
}
afterAll(() => stranger?.stop());

test('where nobody listens, nothing was sent', async () => {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  for (const kind of all) {
    const given = kinds[kind]!() as { url?: string; endpoint?: string };
    if (secrets['hook'] !== undefined) secrets['hook'] = `https://localhost:${port}/x`;
    const moved =
      'endpoint' in given
        ? { endpoint: `https://localhost:${port}` }
        : given.url?.startsWith('$')
          ? {}
          : { url: `https://localhost:${port}` };
    const failure = await fails((await open({ ...given, ...moved })).send(message(), delivery()));
    expect([kind, failure]).toMatchObject([kind, { class: 'transient', fate: 'refused' }]);
  }
});

describe('webhooks', () => {
  test('a webhook gets the message as JSON, and a key that stays the same', async () => {
    const channel = await open(kinds['webhook']!());
    await channel.send(message(), delivery());
    expect(server.received).toMatchObject([
      { url: '/hook?sig=abc', headers: { 'idempotency-key': KEY }, json: { title: message().title } },
    ]);
  });

  test('Teams gets an Adaptive Card', async () => {
    await (await open(kinds['teams']!())).send(message(), delivery());
    expect(server.received[0]!.json.attachments[0]).toMatchObject({
      contentType: 'application/vnd.microsoft.card.adaptive',
    });
  });

  test.each([
    ['another host', 'https://evil.example.com/x'],
    ['no TLS', 'http://hooks.example.com/x'],
    ['a user', 'https://u:p@hooks.example.com/x'],
    ['no address', 'nonsense'],
  ])('a secret address with %s is refused, unseen', async (_, address) => {
    secrets['hook'] = address;
    const failure = await fails(open({ kind: 'webhook', url: '${secret:hook}', host: 'hooks.example.com' }));
    expect(failure).toMatchObject({ class: 'persistent', fate: 'refused' });
    expect((failure as { message: string }).message).not.toContain(address);
  });
});

describe('mail', () => {
  test('goes to everybody, signed with the key, with the id of the operation', async () => {
    server.answer = () => TAKEN['mail']!;
    await (await open(kinds['mail']!())).send(message(), delivery());
    const [{ url, headers, json, text }] = server.received as [ReceivingServer['received'][number]];
    expect(url).toMatch(/^\/emails:send\?api-version=/);
    expect(headers['operation-id']).toBe(KEY);
    expect(headers.authorization).toMatch(/^HMAC-SHA256 /);
    expect(headers['x-ms-content-sha256']).toBe(createHash('sha256').update(text).digest('base64'));
    expect(json).toMatchObject({
      senderAddress: 'sluice@example.com',
      recipients: { to: [{ address: 'a@example.com' }, { address: 'b@example.com' }] },
      content: { subject: '[Sluice prod] error: flights failed: target-missing and 2 more' },
    });
    expect(json.content.html).toContain('</html>');
    expect(json.content.plainText).toContain('What happened');
  });

  test('goes by the identity of the app where there is no key', async () => {
    server.answer = () => TAKEN['mail']!;
    const { accessKey: _, ...byIdentity } = kinds['mail']!() as { accessKey: string };
    await (await open(byIdentity)).send(message(), delivery());
    expect(server.received[0]!.headers.authorization).toBe('Bearer identity-token');
  });

  test('an attempt of which nobody knows is asked for first: accepted, it is not sent again', async () => {
    server.answer = () => ({ json: { id: KEY, status: 'Succeeded' } });
    const delivered = await (await open(kinds['mail']!())).send(message(), delivery({ again: true }));
    expect(server.received.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`)).toEqual([
      `GET /emails/operations/${KEY}`,
    ]);
    expect(delivered.detail).toBe('it was accepted before');
  });

  test('one that the service does not know is sent, with the same id', async () => {
    server.answer = ({ method }) =>
      method === 'GET' ? { status: 404, json: { error: { code: 'NotFound' } } } : TAKEN['mail']!;
    const delivered = await (await open(kinds['mail']!())).send(message(), delivery({ again: true }));
    expect(server.received.map(({ method, headers }) => [method, headers['operation-id']])).toEqual([
      ['GET', KEY],
      ['POST', KEY],
    ]);
    expect(delivered.detail).toBeNull();
  });
});

describe('mail that the service works at', () => {
  const operation = (status: string, more: object = {}): void => {
    server.answer = ({ method }) =>
      method === 'POST'
        ? {
            status: 202,
            json: { id: KEY, status: 'Running' },
            headers: { 'operation-location': `${server.url}/emails/operations/${KEY}?api-version=2023-03-31` },
          }
        : { json: { id: KEY, status, ...more } };
  };

  test('is sent, whether it is done or not', async () => {
    for (const status of ['Running', 'Succeeded']) {
      operation(status);
      expect(await (await open(kinds['mail']!())).send(message(), delivery())).toEqual({
        reference: null,
        detail: null,
      });
    }
  });

  test.each([false, true])('and that it gives up is not tried again (asked for: %s)', async (again) => {
    operation('Failed', {
      error: { code: 'EmailDropped', message: 'all recipients are on the list of those that bounce' },
    });
    const failure = await fails((await open(kinds['mail']!())).send(message(), delivery({ again })));
    expect(failure).toMatchObject({ class: 'persistent', fate: 'refused' });
    expect((failure as { message: string }).message).toContain('bounce');
  });
});

describe('text messages', () => {
  test('carry ids that follow from the message, for each number, and are signed with them', async () => {
    server.answer = () => TAKEN['sms']!;
    for (const again of [false, true]) await (await open(kinds['sms']!())).send(message(), delivery({ again }));
    const [first, second] = server.received;
    const ids = first!.json.smsRecipients.map((one: { repeatabilityRequestId: string }) => one.repeatabilityRequestId);
    expect(new Set(ids).size).toBe(2);
    expect(second!.json.smsRecipients).toEqual(first!.json.smsRecipients);
    expect(first!.json.smsRecipients[0]).toMatchObject({
      to: '+4930123456',
      repeatabilityFirstSent: 'Thu, 01 Jan 2026 02:03:04 GMT',
    });
    expect(first!.headers['x-ms-content-sha256']).toBe(createHash('sha256').update(first!.text).digest('base64'));
    expect(first!.json.message).toContain('flights failed');
  });

  test('a number that does not take it is named by its end; where none does, it failed', async () => {
    const result = (to: string, httpStatusCode: number) => ({
      to,
      httpStatusCode,
      successful: httpStatusCode === 202,
      errorMessage: 'no',
    });
    server.answer = () => ({ status: 202, json: { value: [result('+4930123456', 202), result('+4930123457', 400)] } });
    const delivered = await (await open(kinds['sms']!())).send(message(), delivery());
    expect(delivered.detail).toBe('not taken by …457: HTTP 400 no');
    server.answer = () => ({ status: 202, json: { value: [result('+4930123456', 400), result('+4930123457', 500)] } });
    const failure = await fails((await open(kinds['sms']!())).send(message(), delivery()));
    expect(failure).toMatchObject({ class: 'transient', fate: 'refused' });
  });
});

describe('tickets', () => {
  test('ServiceNow: an incident, looked for before it is made again, and work notes later', async () => {
    server.answer = ({ method }) => (method === 'GET' ? { json: { result: [] } } : TAKEN['serviceNow']!);
    const channel = await open(kinds['serviceNow']!());
    expect(await channel.send(message(), delivery({ again: true }))).toEqual({ reference: 'inc-7', detail: null });
    await channel.send(message({ about: 'resolved' }), delivery({ reference: 'inc-7' }));
    const basic = `Basic ${Buffer.from('sluice:the-secret').toString('base64')}`;
    expect(server.received).toMatchObject([
      {
        method: 'GET',
        url: `/api/now/table/incident?sysparm_query=correlation_id%3D${KEY}&sysparm_fields=sys_id&sysparm_limit=1`,
      },
      {
        method: 'POST',
        url: '/api/now/table/incident',
        headers: { authorization: basic },
        json: {
          correlation_id: KEY,
          urgency: '2',
          assignment_group: 'data',
          short_description: '[Sluice prod] error: flights failed: target-missing and 2 more',
        },
      },
      { method: 'PATCH', url: '/api/now/table/incident/inc-7' },
    ]);
    server.answer = () => ({ json: { result: [{ sys_id: 'inc-9' }] } });
    expect(await channel.send(message(), delivery({ again: true }))).toEqual({
      reference: 'inc-9',
      detail: 'it was made before',
    });
  });

  test('Jira: an issue with a label of its own, and comments later', async () => {
    server.answer = ({ method }) => (method === 'GET' ? { json: { issues: [] } } : TAKEN['jira']!);
    const channel = await open(kinds['jira']!());
    expect(await channel.send(message(), delivery({ again: true }))).toEqual({ reference: 'OPS-7', detail: null });
    await channel.send(message(), delivery({ reference: 'OPS-7' }));
    expect(server.received).toMatchObject([
      { method: 'GET', url: expect.stringContaining('/rest/api/2/search/jql?jql=project') as string },
      {
        url: '/rest/api/2/issue',
        json: {
          fields: {
            project: { key: 'OPS' },
            issuetype: { name: 'Bug' },
            labels: ['sluice', `sluice-${KEY}`],
            priority: 'High',
          },
        },
      },
      { url: '/rest/api/2/issue/OPS-7/comment' },
    ]);
    server.answer = () => ({ json: { issues: [{ key: 'OPS-9' }] } });
    expect(await channel.send(message(), delivery({ again: true }))).toEqual({
      reference: 'OPS-9',
      detail: 'it was made before',
    });
  });

  test('GitHub: an issue that mentions nobody, found again by its mark, and comments later', async () => {
    server.answer = ({ method }) => (method === 'GET' ? { json: [{ number: 3, body: 'another' }] } : TAKEN['github']!);
    const channel = await open(kinds['github']!());
    expect(await channel.send(message({ title: '@everybody' }), delivery({ again: true }))).toEqual({
      reference: '7',
      detail: null,
    });
    await channel.send(message(), delivery({ reference: '7' }));
    expect(server.received).toMatchObject([
      {
        method: 'GET',
        url: expect.stringContaining('/repos/acme/data/issues?labels=sluice-alert&state=all') as string,
      },
      {
        url: '/repos/acme/data/issues',
        headers: { authorization: 'Bearer the-secret' },
        json: { labels: ['sluice-alert', 'data'] },
      },
      { url: '/repos/acme/data/issues/7/comments' },
    ]);
    expect(server.received[1]!.json.body).toMatch(/^```text\n@everybody/);
    server.answer = () => ({ json: [{ number: 9, body: `x <!-- sluice ${KEY} -->` }] });
    expect(await channel.send(message(), delivery({ again: true }))).toEqual({
      reference: '9',
      detail: 'it was made before',
    });
  });
});

test('the log takes the text', async () => {
  const written: string[] = [];
  await (
    await open({ kind: 'log' }, { write: (_message, text) => void written.push(text) })
  ).send(message(), delivery());
  expect(written).toEqual([expect.stringContaining('What happened')]);
});
