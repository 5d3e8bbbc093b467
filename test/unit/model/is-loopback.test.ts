import { isLoopback, isSafeAddress } from '../../../src/model/is-loopback';

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('%s is this machine', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(['127.example.com', '127.0.0.1.example.com', 'localhost.example.com', '128.0.0.1', '0.0.0.0', '', '::2'])(
  '%s may be another',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

test.each([
  ['https://example.com/x', true],
  ['http://127.0.0.1:8080/x', true],
  ['http://[::1]/x', true],
  ['http://example.com', false],
  ['http://localhost@example.com', false],
  ['ftp://localhost', false],
  ['example.com', false],
])('%s', (url, safe) => {
  expect(isSafeAddress(url)).toBe(safe);
});
