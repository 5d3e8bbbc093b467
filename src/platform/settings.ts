import path from 'node:path';
import { z } from 'zod';
import { InvalidSettingsError } from '../errors/invalid-settings-error';
import { systemClock, type Clock } from './clock';
import { engineSettings, type EngineSettings } from './engine-settings';
import { isInAzure, settingOf, type Environment } from './environment';

/** What the app is told by its settings; read once when the worker starts. */
export interface Settings {
  /** All settings as they are, for `${env:NAME}` and storage connections. */
  readonly env: Environment;
  /** The folder that holds `host.json`. */
  readonly appFolder: string;
  readonly pipelinesFolder: string;
  /** Which of `environments/*.yaml` is laid over the pipelines. */
  readonly environment: string;
  /** The prefix of the settings that name the account for artifacts and tables. */
  readonly storageSetting: string;
  readonly engine: EngineSettings;
  readonly keyVaultUri: string | null;
  /** JSON object of secrets by name, for development; git-ignored. */
  readonly secretsFile: string;
  readonly blobTriggerSource: 'EventGrid' | 'LogsAndContainerScan';
  readonly inAzure: boolean;
  readonly clock: Clock;
}

const schema = z.object({
  SLUICE_ENVIRONMENT: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'a name in lower case, such as production')
    .optional(),
  SLUICE_PIPELINES_FOLDER: z.string().optional(),
  SLUICE_SECRETS_FILE: z.string().optional(),
  SLUICE_BLOB_TRIGGER_SOURCE: z.enum(['EventGrid', 'LogsAndContainerScan']).optional(),
  KEY_VAULT_URI: z.url({ protocol: /^https$/, error: 'write the address of a vault, https://...' }).optional(),
});

/** `dist` and `src` both stand in the app's folder. */
const APP_FOLDER = path.resolve(__dirname, '../..');

/**
 * Reads the app settings. `SLUICE_ENVIRONMENT` (`local`, in Azure `production`), `SLUICE_PIPELINES_FOLDER` (`pipelines`,
 * from the app's folder), `SLUICE_STORAGE` or `SLUICE_STORAGE__blobServiceUri` where artifacts are not to live on
 * `AzureWebJobsStorage`, `KEY_VAULT_URI`, `SLUICE_SECRETS_FILE` (`.sluice/secrets.json`), `SLUICE_BLOB_TRIGGER_SOURCE`, and
 * those of `engineSettings`.
 * @throws {InvalidSettingsError} naming every setting at fault.
 */
export function readSettings(env: Environment = process.env, clock: Clock = systemClock): Settings {
  const faults: string[] = [];
  const read = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, settingOf(env, name)]));
  const parsed = schema.safeParse(read);
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const engine = engineSettings(env, faults);
  if (!parsed.success || faults.length > 0) throw new InvalidSettingsError(faults);
  const given = parsed.data;
  const inAzure = isInAzure(env);
  return {
    env,
    appFolder: APP_FOLDER,
    pipelinesFolder: path.resolve(APP_FOLDER, given.SLUICE_PIPELINES_FOLDER ?? 'pipelines'),
    environment: given.SLUICE_ENVIRONMENT ?? (inAzure ? 'production' : 'local'),
    storageSetting: isStorageNamed(env, 'SLUICE_STORAGE') ? 'SLUICE_STORAGE' : 'AzureWebJobsStorage',
    engine,
    keyVaultUri: given.KEY_VAULT_URI ?? null,
    secretsFile: path.resolve(APP_FOLDER, given.SLUICE_SECRETS_FILE ?? '.sluice/secrets.json'),
    blobTriggerSource: given.SLUICE_BLOB_TRIGGER_SOURCE ?? (inAzure ? 'EventGrid' : 'LogsAndContainerScan'),
    inAzure,
    clock,
  };
}

function isStorageNamed(env: Environment, prefix: string): boolean {
  return ['', '__blobServiceUri', '__accountName'].some((end) => settingOf(env, `${prefix}${end}`) !== undefined);
}
