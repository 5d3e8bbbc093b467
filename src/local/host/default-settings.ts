import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** What the real host sets for its worker when it runs on a developer's machine. */
export function defaultSettings(appFolder: string, port: number): Record<string, string> {
  return {
    FUNCTIONS_WORKER_RUNTIME: 'node',
    FUNCTIONS_EXTENSION_VERSION: '~4',
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    AzureWebJobsScriptRoot: appFolder,
    WEBSITE_HOSTNAME: `127.0.0.1:${port}`,
  };
}

/**
 * Names the app's timer status and blob receipts in a storage account: `AzureFunctionsWebHost__hostid`, else a name made
 * of the app's name and folder, so that apps that share an account keep theirs apart.
 * https://learn.microsoft.com/azure/azure-functions/storage-considerations#host-id-considerations
 */
export function hostIdOf(appFolder: string, env: NodeJS.ProcessEnv = process.env): string {
  const given = env['AzureFunctionsWebHost__hostid'];
  if (given !== undefined && given !== '') return given;
  const name = appName(appFolder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 20);
  return `${name || 'app'}-${createHash('sha256').update(appFolder).digest('hex').slice(0, 10)}`;
}

function appName(appFolder: string): string {
  try {
    const manifest = JSON.parse(readFileSync(path.join(appFolder, 'package.json'), 'utf8')) as { name?: unknown };
    if (typeof manifest.name === 'string') return manifest.name;
  } catch {
    // The folder's name will do.
  }
  return path.basename(appFolder);
}
