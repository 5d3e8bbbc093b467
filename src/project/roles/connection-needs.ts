import type { Project } from '../../config/project';
import type { Connection } from '../../config/schema/connection';
import type { PipelineConfig } from '../../config/schema/pipeline';
import { ROLES, type Need } from './need';

/** What the pipelines need on the connections that they read from and load into. A connection that none uses needs nothing. */
export function connectionNeeds({ connections, pipelines }: Pick<Project, 'connections' | 'pipelines'>): Need[] {
  return Object.values(pipelines).flatMap((pipeline) => {
    const { source, target } = pipeline;
    const from = connections[source.connection];
    const to = connections[target.connection];
    return [
      ...(from === undefined ? [] : readNeeds(source.connection, from, pipeline)),
      ...(to === undefined ? [] : loadNeeds(target.connection, to, pipeline)),
    ];
  });
}

function readNeeds(name: string, connection: Connection, { pipeline, source }: PipelineConfig): Need[] {
  const reasons = [`pipeline ${pipeline} reads from ${name}`];
  switch (connection.kind) {
    case 'blob': {
      const { setting, container } = connection;
      return [{ kind: 'storage', resource: setting, scope: `container ${container}`, ...ROLES.blobReader, reasons }];
    }
    case 'tables': {
      const scope = source.table === undefined ? 'account' : `table ${source.table}`;
      return [{ kind: 'storage', resource: connection.setting, scope, ...ROLES.tableReader, reasons }];
    }
    case 'postgres': {
      const what = source.table === undefined ? 'SELECT on what its query reads' : `SELECT on ${source.table}`;
      return databaseNeeds(name, connection, what, reasons);
    }
    case 'http': {
      if (connection.auth.type !== 'managedIdentity') return [];
      const role = `an app role of ${connection.auth.scope.replace(/\/\.default$/, '')}`;
      return [{ kind: 'api', resource: name, scope: connection.baseUrl, role, roleId: null, reasons }];
    }
    case 'folder':
      return [];
  }
}

function loadNeeds(name: string, connection: Connection, { pipeline }: PipelineConfig): Need[] {
  const reasons = [`pipeline ${pipeline} loads into ${name}`];
  if (connection.kind === 'blob') {
    const { setting, container } = connection;
    return [{ kind: 'storage', resource: setting, scope: `container ${container}`, ...ROLES.blobContributor, reasons }];
  }
  if (connection.kind === 'tables') {
    // The table and the ledger beside it are made on first use.
    return [{ kind: 'storage', resource: connection.setting, scope: 'account', ...ROLES.tableContributor, reasons }];
  }
  // Schemas for staging and the ledger are made on first use, and so are tables that are not there yet.
  if (connection.kind === 'postgres')
    return databaseNeeds(name, connection, 'CONNECT and CREATE on the database', reasons);
  return [];
}

function databaseNeeds(
  name: string,
  connection: Extract<Connection, { kind: 'postgres' }>,
  role: string,
  reasons: readonly string[],
): Need[] {
  const { user, password, clientCertificate } = connection;
  const byToken = password === undefined && clientCertificate === undefined;
  const as = byToken ? `${user}, by a token of the identity` : user;
  return [{ kind: 'database', resource: name, scope: `${connection.database} as ${as}`, role, roleId: null, reasons }];
}
