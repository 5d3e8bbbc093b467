import type { TableClient } from '@azure/data-tables';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { Project } from '../config/project';
import type { Connection } from '../config/schema/connection';
import type { TargetConfig } from '../config/schema/pipeline';
import { UnknownConnectionError } from '../errors/unknown-connection-error';
import type { ObserveCall } from '../model/observed-call';
import type { Source } from '../steps/extract/source';
import type { Target } from '../steps/load/target';
import { BlobSource } from './sources/blob/blob-source';
import { FolderSource } from './sources/folder/folder-source';
import { HttpSource } from './sources/http/http-source';
import { observedCertifiedFetch, observedFetch } from './sources/http/observed-fetch';
import { PostgresSource } from './sources/postgres/postgres-source';
import { TablesSource } from './sources/tables/tables-source';
import type { SecretResolver } from '../platform/secrets/create-secret-resolver';
import { postgresCredentials } from './postgres/postgres-credentials';
import { certifiedFetch } from './sources/http/certified-fetch';
import { BlobTarget } from './targets/blob/blob-target';
import { TablesTarget } from './targets/tables/tables-target';
import { PostgresTarget } from './targets/postgres/postgres-target';

/** What connections need from the platform: clients of accounts, and secrets. */
export interface ConnectionDependencies {
  /** The client of the account that a setting names. */
  blobServiceClient(setting: string): BlobServiceClient;
  /** The client of one table of the account that a setting names. */
  tableClient(setting: string, table: string): TableClient;
  /** Resolves what connections name. */
  readonly secrets: Omit<SecretResolver, 'expiries'>;
  /** A token of the app's identity for a database without a password; where there is none, connections go without. */
  databaseToken?(): Promise<string>;
  /** A token of the app's identity for any other scope. */
  identityToken?(scope: string): Promise<string>;
  /** Told of every statement and request that has ended; those of Azure's SDKs are observed by the SDKs. */
  readonly observe?: ObserveCall;
}

/** Opens a connection of the project to read from. Throws `unknown-connection`. */
export async function openSource(project: Project, name: string, deps: ConnectionDependencies): Promise<Source> {
  const connection = connectionOf(project, name, 'read from');
  switch (connection.kind) {
    case 'blob':
      return new BlobSource({
        client: deps.blobServiceClient(connection.setting),
        container: connection.container,
        connection: name,
      });
    case 'folder':
      return new FolderSource({ folder: connection.path, connection: name });
    case 'http':
      return new HttpSource({
        config: connection,
        connection: name,
        deps: {
          secret: (secret) => deps.secrets.get(secret),
          renewedSecret: (secret, refused) => deps.secrets.renewed(secret, refused),
          identityToken: (scope) => identityToken(deps, scope),
          fetch: observedFetch(name, deps.observe),
          certifiedFetch: observedCertifiedFetch(name, deps.observe, certifiedFetch(connection, deps.secrets)),
          now: Date.now,
        },
      });
    case 'tables':
      return new TablesSource({ client: (table) => deps.tableClient(connection.setting, table), connection: name });
    case 'postgres':
      return new PostgresSource({
        config: connection,
        credentials: postgresCredentials(connection, deps),
        connection: name,
      });
  }
}

/** Opens a connection of the project to load into. Throws `unknown-connection`. */
export async function openTarget(project: Project, name: string, deps: ConnectionDependencies): Promise<Target> {
  const connection = connectionOf(project, name, 'loaded into');
  switch (connection.kind) {
    case 'postgres':
      return new PostgresTarget({
        config: connection,
        credentials: postgresCredentials(connection, deps),
        connection: name,
      });
    case 'blob':
      return new BlobTarget({
        container: deps.blobServiceClient(connection.setting).getContainerClient(connection.container),
        connection: name,
        targets: () => targetsOver(project, name),
        now: () => new Date(Date.now()).toISOString(),
      });
    case 'tables':
      return new TablesTarget({
        client: (table) => deps.tableClient(connection.setting, table),
        connection: name,
        now: () => new Date(Date.now()).toISOString(),
        pipelinesOf: (table) =>
          Object.entries(targetsOver(project, name)).flatMap(([pipeline, target]) =>
            target.table === table ? [pipeline] : [],
          ),
      });
    case 'folder':
    case 'http':
      throw new UnknownConnectionError(name, `loaded into: ${connection.kind} is a source only`);
  }
}

/** Targets of the pipelines that load over a connection, by pipeline. */
function targetsOver({ pipelines }: Project, connection: string): Record<string, TargetConfig> {
  const over = Object.values(pipelines).filter(({ target }) => target.connection === connection);
  return Object.fromEntries(over.map(({ pipeline, target }) => [pipeline, target]));
}

async function identityToken(deps: ConnectionDependencies, scope: string): Promise<string> {
  if (deps.identityToken === undefined)
    throw new UnknownConnectionError(scope, 'reached: the app has no identity here');
  return deps.identityToken(scope);
}

function connectionOf({ connections }: Project, name: string, use: string): Connection {
  const connection = Object.hasOwn(connections, name) ? connections[name] : undefined;
  if (connection === undefined) throw new UnknownConnectionError(name, use);
  return connection;
}
