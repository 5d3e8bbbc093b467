import { createHash } from 'node:crypto';
import { HttpRequest } from '@azure/functions';
import type { Callers } from '../../../src/triggers/trigger-services';
import { callerOf, identify, roleOf } from '../../../src/triggers/http/caller';
import { requireRole } from '../../../src/triggers/http/require-role';

const principal = (claims: object, more: object = {}) =>
  Buffer.from(JSON.stringify({ auth_typ: 'aad', name_typ: 'preferred_username', ...more, claims })).toString('base64');
const asked = (headers: Record<string, string>, query: Record<string, string> = {}) =>
  new HttpRequest({ method: 'POST', url: 'http://app.test/api/runs', headers, query });
const as = (of: Partial<Callers>) => ({
  callers: { mode: 'functionKey', appServiceAuthentication: false, localUser: null, keys: [], ...of } satisfies Callers,
});
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const boss = [
  { typ: 'preferred_username', val: 'boss@example.com' },
  { typ: 'roles', val: 'admin' },
];
const forged = asked({
  'x-ms-client-principal': principal(boss),
  'x-ms-client-principal-name': 'boss@example.com',
  'x-ms-client-principal-idp': 'aad',
  'x-ms-client-principal-id': '1',
});

describe('a principal that anybody can send', () => {
  test.each([
    ['on this machine', as({ localUser: 'ann' }), 'local:ann', 'admin'],
    ['with function keys', as({}), 'function-key', 'operator'],
    [
      'with function keys and the platform behind them',
      as({ appServiceAuthentication: true }),
      'boss@example.com',
      'operator',
    ],
    ['with Entra and the platform off', as({ mode: 'entra' }), 'anonymous', null],
    ['with Entra, off, on this machine', as({ mode: 'entra', localUser: 'ann' }), 'anonymous', null],
    [
      'with Entra, where the platform writes it',
      as({ mode: 'entra', appServiceAuthentication: true }),
      'boss@example.com',
      'admin',
    ],
  ])('%s', (_, services, name, role) => {
    expect(identify(services, forged)).toMatchObject({ name, role });
    expect([callerOf(services, forged), roleOf(services, forged)]).toEqual([name, role]);
  });

  test('opens nothing where Entra is wanted and the platform is off: not even to the user of this machine', () => {
    for (const services of [as({ mode: 'entra' }), as({ mode: 'entra', localUser: 'ann' })]) {
      expect(() => requireRole(services, forged, 'reader')).toThrow(
        expect.objectContaining({ code: 'authentication-off' }),
      );
    }
  });

  test('lifts nobody with a function key', () => {
    for (const services of [as({}), as({ appServiceAuthentication: true })]) {
      expect(() => requireRole(services, forged, 'approver')).toThrow(
        expect.objectContaining({ code: 'role-required', neededRole: 'approver', role: 'operator' }),
      );
    }
  });
});

describe('with Entra', () => {
  const entra = as({ mode: 'entra', appServiceAuthentication: true });
  const withRoles = (...roles: readonly string[]) =>
    asked({ 'x-ms-client-principal': principal(roles.map((val) => ({ typ: 'roles', val }))) });

  test.each([
    ['the strongest of several roles', withRoles('reader', 'approver'), 'approver'],
    [
      'roles under the name that the platform may map them to',
      asked({
        'x-ms-client-principal': principal([
          { typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role', val: 'operator' },
        ]),
      }),
      'operator',
    ],
    ['roles of other apps', withRoles('Owner', 'ADMIN', 'admin '), null],
    ['no role', withRoles(), null],
    [
      'a group that is called so',
      asked({ 'x-ms-client-principal': principal([{ typ: 'groups', val: 'admin' }]) }),
      null,
    ],
    [
      'another provider',
      asked({ 'x-ms-client-principal': principal([{ typ: 'roles', val: 'admin' }], { auth_typ: 'github' }) }),
      null,
    ],
    [
      'claims that are none',
      asked({ 'x-ms-client-principal': principal([null, 1, { typ: 'roles', val: ['admin'] }]) }),
      null,
    ],
  ])('%s', (_, request, role) => {
    expect(roleOf(entra, request)).toBe(role);
  });

  test.each([
    ['no header', asked({})],
    ['what is no principal', asked({ 'x-ms-client-principal': 'bm8=' })],
    ['no claims', asked({ 'x-ms-client-principal': Buffer.from('{"auth_typ":"aad"}').toString('base64') })],
    [
      'a header that is too long',
      asked({ 'x-ms-client-principal': principal([...boss, { typ: 'x', val: 'x'.repeat(40_000) }]) }),
    ],
    ['a name alone', asked({ 'x-ms-client-principal-name': 'boss@example.com' })],
  ])('%s is nobody', (_, request) => {
    expect(identify(entra, request)).toEqual({ name: 'anonymous', id: null, role: null, known: false });
    expect(() => requireRole(entra, request, 'reader')).toThrow(expect.objectContaining({ code: 'sign-in-required' }));
  });

  test('a known caller without a role is told which one it takes', () => {
    expect(() => requireRole(entra, withRoles(), 'reader')).toThrow("needs the role 'reader', and unnamed has none");
    expect(requireRole(entra, withRoles('admin'), 'reader')).toMatchObject({ role: 'admin' });
  });

  test('the function key of a listed name is no way around it', () => {
    const services = as({
      mode: 'entra',
      appServiceAuthentication: true,
      keys: [{ name: 'bot', role: 'admin', sha256: sha256('k') }],
    });
    expect(roleOf(services, asked({ 'x-functions-key': 'k' }))).toBeNull();
  });
});

test.each([
  ['the claim that the platform calls the name', principal([{ typ: 'upn', val: 'a@b' }], { name_typ: 'upn' }), 'a@b'],
  ['an app, which has no name', principal([{ typ: 'appid', val: '42' }]), '42'],
  ['a name that is very long', principal([{ typ: 'name', val: 'x'.repeat(500) }]), 'x'.repeat(200)],
])('%s', (_, header, expected) => {
  const request = asked({ 'x-ms-client-principal': header });
  expect(callerOf(as({ appServiceAuthentication: true }), request)).toBe(expected);
});

test('a listed key has its own name and role, however it is sent; any other is an operator', () => {
  const services = as({
    keys: [
      { name: 'board', role: 'reader', sha256: sha256('board-key') },
      { name: 'release-bot', role: 'approver', sha256: sha256('bot-key') },
    ],
  });
  expect(identify(services, asked({ 'x-functions-key': 'bot-key' }))).toMatchObject({
    name: 'key:release-bot',
    role: 'approver',
  });
  expect(identify(services, asked({}, { code: 'board-key' }))).toMatchObject({ name: 'key:board', role: 'reader' });
  expect(identify(services, asked({ 'x-functions-key': 'other' }))).toMatchObject({
    name: 'function-key',
    role: 'operator',
  });
});
