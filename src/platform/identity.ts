import { DefaultAzureCredential, ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import { isInAzure } from './is-in-azure';

let made: TokenCredential | undefined;

/**
 * The one credential of this process: the managed identity in Azure (user-assigned where a client id is set), the
 * developer's own credentials elsewhere. Emulators use connection strings and never come here.
 */
export function credential(env: NodeJS.ProcessEnv = process.env): TokenCredential {
  if (made !== undefined) return made;
  const clientId = env['SLUICE_MANAGED_IDENTITY_CLIENT_ID'];
  if (!isInAzure(env)) made = new DefaultAzureCredential();
  else made = clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  return made;
}
