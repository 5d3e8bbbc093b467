import {
  AzureCliCredential,
  AzureDeveloperCliCredential,
  AzurePowerShellCredential,
  ChainedTokenCredential,
  EnvironmentCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';
import { isInAzure, settingOf, type Environment } from './environment';

const known = new Map<string, TokenCredential>();

/**
 * The credential of the app, the only factory of them: in Azure the managed identity, user-assigned where
 * `<prefix>__clientId` or `AZURE_CLIENT_ID` names one; elsewhere what a developer is signed in with. Made once per
 * identity, so that its tokens are cached. Never asked for where an emulator or a connection string is named.
 */
export function credentialFor(env: Environment, prefix?: string): TokenCredential {
  const clientId =
    (prefix === undefined ? undefined : settingOf(env, `${prefix}__clientId`)) ?? settingOf(env, 'AZURE_CLIENT_ID');
  const key = isInAzure(env) ? `managed:${clientId ?? ''}` : 'developer';
  const found = known.get(key) ?? make(isInAzure(env), clientId);
  known.set(key, found);
  return found;
}

function make(inAzure: boolean, clientId: string | undefined): TokenCredential {
  if (inAzure)
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  return new ChainedTokenCredential(
    new EnvironmentCredential(),
    new AzureCliCredential(),
    new AzureDeveloperCliCredential(),
    new AzurePowerShellCredential(),
  );
}
