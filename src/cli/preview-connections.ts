import { InvalidSettingsError } from '../errors/invalid-settings-error';
import { knowSecretsOf } from '../observability/know-secrets-of';
import { knowSecret } from '../observability/known-secrets';
import { openSource, openTarget, type ConnectionDependencies } from '../connectors/connections';
import { databaseTokenOf, identityTokenOf } from '../platform/database-token';
import { createSecretResolver } from '../platform/secrets/create-secret-resolver';
import { blobServiceClient, tableClient } from '../platform/storage-clients';
import type { PreviewConnections } from '../project/preview-pipeline';
import { createStores } from '../state/create-stores';
import { settingOf } from './read-settings';

/** Accounts, secrets and tokens as the settings of this machine name them. */
export function connectionDependencies(env: Readonly<Record<string, string | undefined>>): ConnectionDependencies {
  knowSecretsOf(env);
  return {
    blobServiceClient: (setting) => blobServiceClient(setting, env),
    tableClient: (setting, table) => tableClient(setting, table, env),
    secrets: createSecretResolver({ env, keyVaultUri: vaultOf(env), hide: knowSecret }),
    databaseToken: () => databaseTokenOf(env),
    identityToken: (scope) => identityTokenOf(env, scope),
  };
}

/** Throws `invalid-settings` for a vault that would be asked without TLS. */
function vaultOf(env: Readonly<Record<string, string | undefined>>): string | null {
  const uri = settingOf(env, 'KEY_VAULT_URI');
  if (uri === undefined) return null;
  if (URL.canParse(uri) && new URL(uri).protocol === 'https:') return uri;
  throw new InvalidSettingsError(['KEY_VAULT_URI: write https:// and the name of the vault']);
}

/** The world as the settings of this machine name it: what the deployed app would reach with the same settings. */
export function previewConnections(env: Readonly<Record<string, string | undefined>>): PreviewConnections {
  const deps = connectionDependencies(env);
  return {
    openSource: (project, connection) => openSource(project, connection, deps),
    openTarget: (project, connection) => openTarget(project, connection, deps),
    watermark: (pipeline) => {
      const storageSetting = settingOf(env, 'SLUICE_STORAGE') ?? 'AzureWebJobsStorage';
      return createStores({ storageSetting, env }).watermarks.get(pipeline);
    },
  };
}
