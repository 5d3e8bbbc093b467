import { parseAuthentication } from '../../../src/observability/parse-authentication';

test.each([
  ['ClientId=1-2;Authorization=AAD', { clientId: '1-2' }],
  ['Authorization=AAD', { clientId: null }],
  [' authorization = aad ; clientid = 1-2 ;', { clientId: '1-2' }],
  ['ClientId=;Authorization=AAD', { clientId: null }],
  ['ClientId=1-2', null],
  ['Authorization=Key', null],
  ['', null],
  [null, null],
])('%s', (text, identity) => {
  expect(parseAuthentication(text)).toEqual(identity);
});
