import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { InvalidSettingsError } from '../errors/invalid-settings-error';
import { isInAzure } from './is-in-azure';
import { ROLES, type Role } from '../model/role';

const whole = (least: number) => z.coerce.number().int().min(least);

const KEY_ROLE = `[a-z][a-z0-9-]{0,39}=(?:${ROLES.join('|')}):[0-9a-f]{64}`;

/** The app settings of Sluice, as they stand in the environment. */
const schema = z.object({
  SLUICE_ENVIRONMENT: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/)
    .default('local'),
  SLUICE_PIPELINES_FOLDER: z.string().min(1).default('pipelines'),
  /** Prefix of the settings that name the account for artifacts and tables. */
  SLUICE_STORAGE: z.string().min(1).default('AzureWebJobsStorage'),
  /** Memory of one instance: 2048 or 4096 on Flex Consumption. */
  SLUICE_INSTANCE_MEMORY_MB: whole(512).default(2048),
  SLUICE_ENGINE_SLOTS: whole(1).default(2),
  SLUICE_ENGINE_THREADS: whole(1).optional(),
  SLUICE_TEMP_FOLDER: z.string().min(1).optional(),
  /** Temporary disk of one instance that the engine may fill: 0.8 GB on a Flex Consumption instance of 2 GB. */
  SLUICE_TEMP_DISK_MB: whole(64).default(800),
  /** Of that, what references of lookups may take, to be found there by later partitions; 0 keeps none. */
  SLUICE_REFERENCE_CACHE_MB: whole(0).optional(),
  /** Partitions of all runs that may be under way at once, over all instances: priorities decide who goes first; 0 sets no limit. */
  SLUICE_POOL_SLOTS: whole(0).default(64),
  SLUICE_SECRETS_FILE: z.string().min(1).default('.sluice/secrets.json'),
  /** A queue of the account of SLUICE_STORAGE which the events of arriving files wait in, for a private app. */
  SLUICE_EVENT_QUEUE: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/)
    .optional(),
  /** Who deployed the package, such as the run of a workflow: for the history of definitions. */
  SLUICE_DEPLOYED_BY: z.string().min(1).max(200).default('deployment'),
  KEY_VAULT_URI: z.url({ protocol: /^https$/ }).optional(),
  SLUICE_MANAGED_IDENTITY_CLIENT_ID: z.string().optional(),
  /** Who vouches for callers of the HTTP API: the host by a function key, or App Service authentication. */
  SLUICE_AUTH: z.enum(['functionKey', 'entra']).default('functionKey'),
  /** Function keys with a role of their own: `<name>=<role>:<SHA-256 of the key, hex>`, separated by commas. */
  SLUICE_KEY_ROLES: z
    .string()
    .regex(
      new RegExp(`^\\s*(${KEY_ROLE}(\\s*,\\s*${KEY_ROLE})*)?\\s*$`),
      `write <name>=<role>:<SHA-256 of the key in hex>, separated by commas; a role is ${ROLES.join(', ')}`,
    )
    .default(''),
  /** What one caller may ask of one instance in a minute. */
  SLUICE_READS_PER_MINUTE: whole(1).default(1200),
  SLUICE_WRITES_PER_MINUTE: whole(1).default(240),
  /** `Development` where the host runs on somebody's own machine: so say the embedded host and func start. */
  AZURE_FUNCTIONS_ENVIRONMENT: z.string().optional(),
  /** Where people reach the app, for links in messages; Azure's own name of the app unless set. */
  SLUICE_PUBLIC_URL: z
    .string()
    .regex(
      /^(https:\/\/[^\s@/?#]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)(\/[^\s?#]*)?$/,
      'write https://host',
    )
    .optional(),
  /** Set by Azure: the name of the app. */
  WEBSITE_HOSTNAME: z.string().optional(),
  /** Set by Azure where App Service authentication is on. */
  WEBSITE_AUTH_ENABLED: z.string().optional(),
});

/** Names of all settings that the app reads. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape);

/** Memory of the worker besides the engine (Node.js, the SDKs, buffers), in MB. */
const BASE_MB = 350;
/** What one session may use beyond its limit, in MB: DuckDB exceeds `memory_limit` by 0.2 to 0.7 GB under load. */
const OVERRUN_MB = 250;

/** How callers of the HTTP API are known. */
export type AuthenticationMode = 'functionKey' | 'entra';

/** A function key that has a name and a role. */
export interface KeyRole {
  readonly name: string;
  readonly role: Role;
  /** Of the key, in hex: the key itself is in the host's keeping. */
  readonly sha256: string;
}

/** Settings of the worker process, read once. */
export interface Settings {
  readonly environment: string;
  /** Absolute. */
  readonly pipelinesFolder: string;
  readonly storageSetting: string;
  /** Queue of events of arriving files, in the account of `storageSetting`; null where Event Grid calls the app. */
  readonly eventQueue: string | null;
  /** Who deployed the package, as far as the settings say. */
  readonly deployedBy: string;
  readonly keyVaultUri: string | null;
  /** Absolute; a JSON object of secrets by name, git-ignored, for local runs without a vault. */
  readonly secretsFile: string;
  readonly managedIdentityClientId: string | null;
  readonly inAzure: boolean;
  /** Where people reach the app, without a slash at its end; null where nobody knows. */
  readonly publicUrl: string | null;
  /** Memory of one instance. */
  readonly instanceMemoryBytes: number;
  /** The platform says who calls, and takes away what callers say of themselves. */
  readonly appServiceAuthentication: boolean;
  readonly authentication: AuthenticationMode;
  readonly keyRoles: readonly KeyRole[];
  /** What one caller may ask of one instance. */
  readonly requestsPerMinute: { readonly reads: number; readonly writes: number };
  /** The host runs on somebody's own machine, which nobody else calls. */
  readonly onOwnMachine: boolean;
  /** The most that references kept on the local disk may take. */
  readonly referenceCacheBytes: number;
  /** Partitions that may be under way in the app at once; null: as many as there are. */
  readonly poolSlots: number | null;
  /** Memory of one instance, for which it is billed. */
  readonly instanceMemoryMb: number;
  readonly engine: {
    readonly memoryLimitBytes: number;
    readonly tempLimitBytes: number;
    readonly threads: number;
    readonly slots: number;
    readonly tempFolder: string;
  };
}

/**
 * Reads and checks the settings. `memory_limit = (instance memory - base - overrun) / slots`, at least 256 MB.
 * @throws {InvalidSettingsError} naming each setting that cannot be used.
 */
export function readSettings(env: NodeJS.ProcessEnv, appFolder: string = process.cwd()): Settings {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    throw new InvalidSettingsError(parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`));
  }
  const values = parsed.data;
  const inAzure = isInAzure(env);
  const slots = values.SLUICE_ENGINE_SLOTS;
  const diskMb = values.SLUICE_TEMP_DISK_MB;
  const cacheMb = values.SLUICE_REFERENCE_CACHE_MB ?? Math.min(256, Math.floor(diskMb / 8));
  if (cacheMb > diskMb / 2) {
    const most = `half of SLUICE_TEMP_DISK_MB (${diskMb})`;
    throw new InvalidSettingsError([`SLUICE_REFERENCE_CACHE_MB: ${cacheMb} is more than ${most}`]);
  }
  const memoryMb = Math.max(256, Math.floor((values.SLUICE_INSTANCE_MEMORY_MB - BASE_MB - OVERRUN_MB) / slots));
  return {
    environment: values.SLUICE_ENVIRONMENT,
    pipelinesFolder: path.resolve(appFolder, values.SLUICE_PIPELINES_FOLDER),
    storageSetting: values.SLUICE_STORAGE,
    eventQueue: values.SLUICE_EVENT_QUEUE ?? null,
    deployedBy: values.SLUICE_DEPLOYED_BY,
    keyVaultUri: values.KEY_VAULT_URI ?? null,
    secretsFile: path.resolve(appFolder, values.SLUICE_SECRETS_FILE),
    managedIdentityClientId: values.SLUICE_MANAGED_IDENTITY_CLIENT_ID ?? null,
    inAzure,
    publicUrl: publicUrlOf(values.SLUICE_PUBLIC_URL, values.WEBSITE_HOSTNAME),
    instanceMemoryBytes: values.SLUICE_INSTANCE_MEMORY_MB * 2 ** 20,
    appServiceAuthentication: inAzure && values.WEBSITE_AUTH_ENABLED?.toLowerCase() === 'true',
    authentication: values.SLUICE_AUTH,
    keyRoles: keyRolesIn(values.SLUICE_KEY_ROLES),
    requestsPerMinute: { reads: values.SLUICE_READS_PER_MINUTE, writes: values.SLUICE_WRITES_PER_MINUTE },
    onOwnMachine: !inAzure && values.AZURE_FUNCTIONS_ENVIRONMENT === 'Development',
    referenceCacheBytes: cacheMb * 2 ** 20,
    instanceMemoryMb: values.SLUICE_INSTANCE_MEMORY_MB,
    poolSlots: values.SLUICE_POOL_SLOTS === 0 ? null : values.SLUICE_POOL_SLOTS,
    engine: {
      memoryLimitBytes: memoryMb * 2 ** 20,
      tempLimitBytes: Math.floor(((diskMb - cacheMb) * 2 ** 20) / slots),
      threads: values.SLUICE_ENGINE_THREADS ?? Math.max(1, os.availableParallelism()),
      slots,
      tempFolder: values.SLUICE_TEMP_FOLDER ?? path.join(os.tmpdir(), `sluice-${process.getuid?.() ?? 'app'}`),
    },
  };
}

function keyRolesIn(text: string): readonly KeyRole[] {
  return [...text.matchAll(/([a-z0-9-]+)=([a-z]+):([0-9a-f]{64})/g)].map(([, name = '', role, sha256 = '']) => ({
    name,
    role: role as Role,
    sha256,
  }));
}

/** Off Azure the host sets its own name and port, as `127.0.0.1:7071`. */
function publicUrlOf(setting: string | undefined, hostname: string | undefined): string | null {
  if (setting !== undefined) return setting.replace(/\/+$/, '');
  if (hostname === undefined || hostname === '') return null;
  return `${/^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(hostname) ? 'http' : 'https'}://${hostname}`;
}
