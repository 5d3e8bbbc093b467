import { DefaultAzureCredential, ManagedIdentityCredential, type TokenCredential } from '@azure/identity';

let made: TokenCredential | undefined;

/**
 * The one credential of this process: the managed identity in Azure (user-assigned where a client id is set), the
 * developer's own credentials elsewhere. Emulators use connection strings and never come here.
 */
export function credential(env: NodeJS.ProcessEnv = process.env): TokenCredential {
  if (made !== undefined) return made;
  const clientId = env['SLUICE_MANAGED_IDENTITY_CLIENT_ID'];
  if (env['WEBSITE_INSTANCE_ID'] === undefined) made = new DefaultAzureCredential();
  else made = clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  return made;
}
