import type { AccessToken, GetTokenOptions } from '@azure/identity';
import { patientCredential } from '../../../src/platform/patient-credential';

const HOUR_MS = 3_600_000;

function credentialOver(answer: (call: number) => AccessToken | null | Promise<AccessToken | null>, longestMs = 5000) {
  const clock = { now: 0 };
  const asked: GetTokenOptions[] = [];
  const inner = {
    getToken: async (_: string | string[], options: GetTokenOptions = {}) => answer(asked.push(options)),
  };
  const faultOf = (cause: unknown) => new Error(`no token: ${(cause as Error).message}`);
  return { credential: patientCredential(inner, longestMs, faultOf, () => clock.now), clock, asked };
}
const token = (call: number, at = 0): AccessToken => ({ token: `t${call}`, expiresOnTimestamp: at + HOUR_MS });

test('a token is kept until shortly before it ends', async () => {
  const { credential, clock, asked } = credentialOver((call) => token(call, clock.now));
  for (const now of [0, HOUR_MS / 2, HOUR_MS - 301_000]) {
    clock.now = now;
    expect((await credential.getToken('s'))?.token).toBe('t1');
  }
  clock.now = HOUR_MS - 299_000;
  expect((await credential.getToken('s'))?.token).toBe('t2');
  expect((await credential.getToken('another scope'))?.token).toBe('t3');
  expect(asked).toHaveLength(3);
});

test('while nobody gives a new one, the old one is used for as long as it is good', async () => {
  const { credential, clock } = credentialOver((call) => {
    if (call > 1) throw new Error('down');
    return token(call);
  });
  await credential.getToken('s');
  clock.now = HOUR_MS - 60_000;
  expect((await credential.getToken('s'))?.token).toBe('t1');
  clock.now = HOUR_MS - 1000;
  await expect(credential.getToken('s')).rejects.toThrow('no token: down');
});

test('claims are answered by a new token, and one caller’s signal is not the others’', async () => {
  const { credential, asked } = credentialOver(token);
  await credential.getToken('s', { abortSignal: AbortSignal.abort() as never });
  expect((await credential.getToken('s', { claims: 'c' }))?.token).toBe('t2');
  expect(asked).toEqual([{}, { claims: 'c' }]);
});

test('a credential that says nothing is given up, and one without a token is none', async () => {
  const silent = credentialOver(() => new Promise(() => {}), 10);
  await expect(silent.credential.getToken('s')).rejects.toThrow('nobody answered within 0.01 s');
  const empty = credentialOver(() => null);
  await expect(empty.credential.getToken('s')).rejects.toThrow('the answer holds no token');
});
