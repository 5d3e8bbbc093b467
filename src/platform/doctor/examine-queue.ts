import type { Diagnosis } from '../../model/diagnosis';
import { isSafeAddress } from '../../model/is-loopback';
import { attempt } from './attempt';

/** https://learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services */
const VERSION = '2023-11-03';

/**
 * Asks a queue of events for its length, with a token of the app's identity. By a connection string the host alone uses the queue, and nothing is tried.
 */
export async function examineQueue(
  setting: string,
  queue: string,
  env: NodeJS.ProcessEnv,
  token: () => Promise<string>,
): Promise<Diagnosis> {
  const what = `length of the queue ${queue}`;
  const base = env[`${setting}__queueServiceUri`];
  if (base === undefined || base === '') {
    const message = `${setting} is a connection string: the host alone uses the queue`;
    return { area: 'queue', what, status: 'skipped', message, fix: null };
  }
  const role = `Storage Queue Data Contributor on the queue ${queue}`;
  const tried = await attempt({ area: 'queue', what, role, address: base }, async () => {
    if (!isSafeAddress(base)) throw new Error(`${setting}__queueServiceUri is plain HTTP`);
    const headers = { authorization: `Bearer ${await token()}`, 'x-ms-version': VERSION };
    const answer = await fetch(`${base.replace(/\/+$/, '')}/${queue}?comp=metadata`, { headers });
    if (!answer.ok) {
      const code = answer.headers.get('x-ms-error-code') ?? `HTTP ${answer.status}`;
      throw Object.assign(new Error(code), { statusCode: answer.status });
    }
    return answer.headers.get('x-ms-approximate-messages-count') ?? '0';
  });
  return tried.value === null ? tried.diagnosis : { ...tried.diagnosis, message: `${tried.value} events wait` };
}
