import type { DurableClient } from 'durable-functions';
import type { Logger } from '../observability/logger';
import type { Meters } from '../observability/metrics/meters';
import type { Tracing } from '../observability/tracing/tracing';
import type { Clock } from '../platform/clock';
import type { AuthenticationMode, KeyRole, Settings } from '../platform/settings';
import type { SecretExpiry } from '../model/secret-expiry';
import type { ConnectionTest } from '../model/connection-test';
import type { QuarantineReader } from '../project/read-quarantine';
import type { Stores } from '../state/stores';
import type { RateLimiter } from './http/rate-limiter';
import type { DefinitionRegistry } from './definitions/definition-registry';
import type { ProjectSource } from './project-source';

/** How callers of the HTTP API are known. */
export interface Callers {
  /** `entra`: App Service authentication alone; `functionKey`: a key of the host. */
  readonly mode: AuthenticationMode;
  /** App Service authentication is on, so that its headers can be believed. */
  readonly appServiceAuthentication: boolean;
  /** Who runs the app on this machine; null anywhere else. */
  readonly localUser: string | null;
  /** Function keys with a name and a role of their own. */
  readonly keys: readonly KeyRole[];
}

/** What an examination of the app looks at. */
export interface AppItself {
  /** The app settings. */
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Settings;
  /** Holds host.json, package.json and node_modules. */
  readonly appFolder: string;
  /** A token of the app's identity. */
  readonly identityToken: (scope: string) => Promise<string>;
}

/** What triggers are given; made once per worker process. */
export interface TriggerServices {
  readonly stores: Stores;
  readonly project: ProjectSource;
  /** Which definitions runs use: not always those of the folder. */
  readonly definitions: DefinitionRegistry;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meters: Meters;
  readonly tracing: Tracing;
  /** Name of the environment, as runs are recorded with it. */
  readonly environment: string;
  readonly inAzure: boolean;
  /** Partitions of all runs that may be under way in the app at once; null: as many as there are. */
  readonly poolSlots: number | null;
  /** The queue that events of arriving files wait in, and the setting that names its account. */
  readonly eventQueue: { readonly name: string; readonly setting: string } | null;
  /** How callers of the HTTP API are known. */
  readonly callers: Callers;
  /** The app itself, to be examined. */
  readonly self: AppItself;
  /** How much callers ask of this process. */
  readonly rates: RateLimiter;
  /** The folder with the operators' page (`dashboard`) and the runbooks (`runbooks`) as they were built. */
  readonly pagesFolder: string;
  /** Reads quarantined rows. */
  readonly quarantine: QuarantineReader;
  /** The links in messages. */
  readonly links: LinkSecrets;
  /** Sends a test message. Throws `unknown-channel` and `alert-not-sent`. */
  testChannel(
    channel: string,
    by: string,
  ): Promise<{ readonly reference: string | null; readonly detail: string | null }>;
  /** Tries a connection of the project as it is now. Throws `unknown-connection` and `project-invalid`. */
  testConnection(name: string): Promise<ConnectionTest>;
  /** When the secrets and certificates end that pipelines of the project use; what cannot be read says why. Never throws. */
  secretExpiries(): Promise<SecretExpiry[]>;
}

/** What links in messages are signed with. */
export interface LinkSecrets {
  /** Null where alerts.yaml wants no links. */
  linkSecret(): Promise<string | null>;
}

/** The part of the durable client that triggers use. */
export type Orchestrations = Pick<
  DurableClient,
  'startNew' | 'getStatus' | 'getStatusBy' | 'terminate' | 'readEntityState' | 'signalEntity' | 'raiseEvent'
>;
