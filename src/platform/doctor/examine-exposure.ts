import type { Diagnosis } from '../../model/diagnosis';
import type { Settings } from '../settings';

const LONGEST_MS = 10_000;
/** What App Service authentication writes, and takes away from whoever sends it. */
const FORGED = {
  'x-ms-client-principal': Buffer.from(
    JSON.stringify({ auth_typ: 'aad', claims: [{ typ: 'roles', val: 'admin' }] }),
  ).toString('base64'),
};

/** Whether callers are known, by the settings. */
export function examineAccess(
  settings: Pick<Settings, 'inAzure' | 'authentication' | 'appServiceAuthentication' | 'onOwnMachine'>,
): Diagnosis {
  const { inAzure, authentication, appServiceAuthentication, onOwnMachine } = settings;
  const of = (status: Diagnosis['status'], message: string, fix: string | null): Diagnosis => ({
    area: 'exposure',
    what: 'who may call the API',
    status,
    message,
    fix,
  });
  if (onOwnMachine) return of('ok', 'the user of this machine alone, who is an admin', null);
  if (authentication === 'entra') {
    return appServiceAuthentication
      ? of('ok', 'callers that Microsoft Entra knows, by their app roles', null)
      : of(
          'failed',
          "SLUICE_AUTH is 'entra', and App Service authentication is off: everything is refused",
          "Turn it on: 'access' in infra.",
        );
  }
  if (inAzure)
    return of(
      'warning',
      'whoever has a function key, as an operator without a name',
      "Use Entra: 'access' in infra, docs/security.md.",
    );
  return of(
    'warning',
    'whoever has a function key of the host',
    'Set AZURE_FUNCTIONS_ENVIRONMENT to Development on your own machine.',
  );
}

/** Knocks at the API without a key, and as somebody who names themselves an admin: both must be sent away. */
export async function examineExposure(base: string): Promise<readonly Diagnosis[]> {
  const knock = async (what: string, headers: Readonly<Record<string, string>>): Promise<Diagnosis> => {
    try {
      const answer = await fetch(`${base.replace(/\/+$/, '')}/runs`, {
        headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(LONGEST_MS),
      });
      await answer.body?.cancel();
      const closed = [301, 302, 401, 403, 503].includes(answer.status);
      return closed
        ? { area: 'exposure', what, status: 'ok', message: `is sent away with ${answer.status}`, fix: null }
        : {
            area: 'exposure',
            what,
            status: 'failed',
            message: `is answered with ${answer.status}`,
            fix: 'Stop the app, then find out why: keys or App Service authentication are off, or something in front takes their place.',
          };
    } catch (error) {
      const cause = (error as { cause?: { code?: unknown } }).cause?.code;
      const message = `could not be tried from here: ${typeof cause === 'string' ? cause : (error as Error).message}`;
      return { area: 'exposure', what, status: 'skipped', message, fix: null };
    }
  };
  return Promise.all([knock('a caller without a key', {}), knock('a caller who makes up a principal', FORGED)]);
}
