import { AppRefusedError } from '../errors/app-refused-error';
import { UnsafeAddressError } from '../errors/unsafe-address-error';
import { isSafeAddress } from '../model/is-loopback';
import { AppUnreachableError } from '../errors/app-unreachable-error';
import type { CliContext } from './cli-context';

/** Flags and help of commands that ask a running app. */
export const API_FLAGS = { url: { type: 'string' }, json: { type: 'boolean', default: false } } as const;
export const API_FLAGS_HELP = `      --url <address>        the API of the app (http://127.0.0.1:7071/api, or the port of SLUICE_PORT); a function key
                             is taken from SLUICE_FUNCTION_KEY, a token of Entra from SLUICE_ACCESS_TOKEN
      --json                 the result as JSON on standard output
  -h, --help                 this text`;

/** The API of a running app. */
export interface ApiClient {
  /** Sends a request below the base address, such as `/runs`; throws `AppUnreachableError` or `AppRefusedError`. */
  request<T>(method: ApiMethod, path: string, body?: unknown): Promise<T>;
}
type ApiMethod = 'GET' | 'POST' | 'PATCH';

/** The app at the address given, else the one that `npm start` runs. */
export function apiClient({ env }: Pick<CliContext, 'env'>, url?: string): ApiClient {
  const base = (url ?? `http://127.0.0.1:${env['SLUICE_PORT'] ?? '7071'}/api`).replace(/\/+$/, '');
  const key = env['SLUICE_FUNCTION_KEY'];
  if (!isSafeAddress(base)) throw new UnsafeAddressError('--url', base);
  const token = env['SLUICE_ACCESS_TOKEN'];
  const headers = {
    ...(key !== undefined && { 'x-functions-key': key }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    'content-type': 'application/json',
  };
  return {
    request: async <T>(method: ApiMethod, path: string, body?: unknown): Promise<T> => {
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      let answer: Response;
      let text: string;
      try {
        answer = await fetch(`${base}${path}`, init);
        text = await answer.text();
      } catch (error) {
        throw new AppUnreachableError(base, (error as Error).cause ?? error);
      }
      const json = parsed(text);
      if (answer.ok && json !== undefined) return json as T;
      throw refusal(base, answer.status, json);
    },
  };
}

function refusal(base: string, status: number, json: unknown): Error {
  const problem: Record<string, unknown> = typeof json === 'object' && json !== null ? { ...json } : {};
  const text = (key: string): string | undefined => (typeof problem[key] === 'string' ? problem[key] : undefined);
  const given = { code: text('code'), detail: text('detail'), fix: text('fix') };
  const refused = given.code !== undefined || status === 401 || status === 403;
  return refused
    ? new AppRefusedError(base, status, given)
    : new AppUnreachableError(base, `HTTP ${status} without an answer of the API`);
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
