import { HttpRequest } from '@azure/functions';
import { callerOf } from '../../../src/triggers/http/caller';

const principal = (claims: object, more: object = {}) =>
  Buffer.from(JSON.stringify({ auth_typ: 'aad', name_typ: 'preferred_username', ...more, claims })).toString('base64');
const asked = (headers: Record<string, string>) =>
  new HttpRequest({ method: 'POST', url: 'http://app.test/api/runs', headers });
const forged = asked({
  'x-ms-client-principal': principal([{ typ: 'preferred_username', val: 'boss@example.com' }]),
  'x-ms-client-principal-name': 'boss@example.com',
});

test('a header that anybody can send counts only where the platform writes it', () => {
  expect(callerOf({ callers: { appServiceAuthentication: false, localUser: 'ann' } }, forged)).toBe('local:ann');
  expect(callerOf({ callers: { appServiceAuthentication: false, localUser: null } }, forged)).toBe('function-key');
  expect(callerOf({ callers: { appServiceAuthentication: true, localUser: null } }, forged)).toBe('boss@example.com');
});

test.each([
  ['the claim that the platform calls the name', principal([{ typ: 'upn', val: 'a@b' }], { name_typ: 'upn' }), 'a@b'],
  ['an app, which has no name', principal([{ typ: 'appid', val: '42' }]), '42'],
  ['no claims', principal([]), 'function-key'],
  ['what is no principal', 'bm8=', 'function-key'],
  ['a name that is very long', principal([{ typ: 'name', val: 'x'.repeat(500) }]), 'x'.repeat(200)],
])('%s', (_, header, expected) => {
  const request = asked({ 'x-ms-client-principal': header });
  expect(callerOf({ callers: { appServiceAuthentication: true, localUser: null } }, request)).toBe(expected);
});
