import { knowSecretsOf } from '../../../src/observability/know-secrets-of';
import { hideKnownSecrets, knowSecret } from '../../../src/observability/known-secrets';
import { createLogger } from '../../../src/observability/create-logger';

const SECRET = 'pä$$ "w0rd"/+&=\\ ~ {x}';

describe('a secret that was read is hidden in whatever form it is repeated', () => {
  beforeAll(() => knowSecret(SECRET));
  const bytes = Buffer.from(SECRET);
  const around = (before: string, after: string) => Buffer.from(`${before}${SECRET}${after}`).toString('base64');
  test.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ detail: SECRET })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(SECRET))],
    ['in a URL', `https://a/?q=${encodeURIComponent(SECRET)}`],
    ['in a URL with small letters', encodeURIComponent(SECRET).replace(/%../g, (escape) => escape.toLowerCase())],
    ['in a URL that browsers wrote', encodeURI(SECRET)],
    ['in a form', new URLSearchParams({ client_secret: SECRET }).toString().replace('client_secret', 'x')],
    ['in Base64', bytes.toString('base64')],
    ['in Base64 of URLs', bytes.toString('base64url')],
    ['behind a user', around('u:', '')],
    ['behind another user', around('us:', '')],
    ['between others', around('usr:', ' and more')],
    ['in hex', bytes.toString('hex')],
  ])('%s', (_, text) => {
    const hidden = hideKnownSecrets(`before ${text} after`);
    expect(hidden).toMatch(/^before .*\*\*\*.* after$/);
    // What is left around it tells nothing: decode what can be decoded, and look again.
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      expect(Buffer.from(hidden.replaceAll('***', ''), encoding).toString('utf8')).not.toContain('w0rd');
    }
    expect(hidden).not.toContain('w0rd');
  });
});

test('the longer of two secrets is hidden whole, and a rotated one is still known', () => {
  knowSecret('correct-horse');
  knowSecret('correct-horse-battery');
  expect(hideKnownSecrets('is it correct-horse-battery or correct-horse?')).toBe('is it *** or ***?');
});

test('lines of a private key are known one by one', () => {
  const line = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg';
  knowSecret(`-----BEGIN PRIVATE KEY-----\n${line}\nshort\n-----END PRIVATE KEY-----\n`);
  expect(hideKnownSecrets(`near "${line}"`)).toBe('near "***"');
  expect(hideKnownSecrets('a short one')).toBe('a short one');
});

test('what is too short to be a secret makes no holes', () => {
  knowSecret('abc');
  knowSecret('   ');
  expect(hideKnownSecrets('abc def')).toBe('abc def');
});

test('settings say which of them are secret, and so do connection strings', () => {
  knowSecretsOf({
    SLUICE_SECRET_WAREHOUSE_PASSWORD: 'from-a-setting',
    SLUICE_FUNCTION_KEY: 'function-key-value',
    LANDING: 'AccountName=a;AccountKey=YWNjb3VudC1rZXk=;BlobEndpoint=https://a',
    SHARED: 'BlobEndpoint=https://a;SharedAccessSignature=sv=1&sig=c2lnbmF0dXJl%2Fx%3D&se=2',
    DATABASE: 'postgres://u:url%20password@host/db',
    SLUICE_ENVIRONMENT: 'production',
  });
  const texts = [
    'from-a-setting',
    'function-key-value',
    'YWNjb3VudC1rZXk=',
    'c2lnbmF0dXJl%2Fx%3D',
    'c2lnbmF0dXJl/x=',
    'url password',
  ];
  for (const text of texts) expect(hideKnownSecrets(`[${text}]`)).toBe('[***]');
  expect(hideKnownSecrets('production')).toBe('production');
});

test('the logger hides them, in fields whose names say nothing', () => {
  knowSecret('hunter22');
  const lines: string[] = [];
  createLogger((_, event, fields) => lines.push(JSON.stringify({ event, ...fields })), { runId: 'r' }).warn(
    'activity-failed',
    {
      message: `the server said: ${Buffer.from('u:hunter22').toString('base64')} or hunter22`,
    },
  );
  expect(lines).toEqual(['{"event":"activity-failed","runId":"r","message":"the server said: *** or ***"}']);
});
