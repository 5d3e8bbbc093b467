import { setCookie } from '../../../src/local/http/set-cookie';

describe('setCookie', () => {
  it('has the path / by default and escapes name and value', () => {
    expect(setCookie({ name: 'a b', value: 'c;d' })).toBe('a%20b=c%3Bd; path=/');
  });

  it('writes every attribute in the order of the real host', () => {
    const cookie = setCookie({
      name: 'n',
      value: 'v',
      expires: { value: { seconds: 0 } },
      maxAge: { value: 9 },
      domain: { value: 'x.test' },
      path: { value: '/p' },
      secure: { value: true },
      sameSite: 'explicitNone',
      httpOnly: { value: true },
    });
    expect(cookie).toBe(
      'n=v; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=9; domain=x.test; path=/p; secure; samesite=none; httponly',
    );
  });
});
