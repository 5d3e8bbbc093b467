import type { Project } from '../../config/project';
import { secretReferencesIn } from '../../model/secret-reference';
import { ROLES, type Need } from './need';

/** What reads secrets and certificates: connections that a pipeline uses, and masks that salt. */
export function secretNeeds({ connections, pipelines }: Pick<Project, 'connections' | 'pipelines'>): Need[] {
  const used = new Set(
    Object.values(pipelines).flatMap(({ source, target }) => [source.connection, target.connection]),
  );
  const ofConnections = [...used].flatMap((name) =>
    secretReferencesIn(connections[name]).map(
      ({ kind, name: secret }) => `connection ${name} reads the ${kind} ${secret}`,
    ),
  );
  const ofMasks = Object.values(pipelines).flatMap(({ pipeline, transform }) =>
    secretReferencesIn(transform).map(({ name }) => `a mask of pipeline ${pipeline} reads the secret ${name}`),
  );
  const reasons = [...ofConnections, ...ofMasks];
  if (reasons.length === 0) return [];
  return [{ kind: 'vault', resource: 'KEY_VAULT_URI', scope: 'vault', ...ROLES.secretsUser, reasons }];
}

/** The names of all secrets and certificates that the connections in use and the masks read; sorted, each once. */
export function secretNamesOf({ connections, pipelines }: Pick<Project, 'connections' | 'pipelines'>): string[] {
  const read = Object.values(pipelines).flatMap(({ source, target, transform }) => [
    connections[source.connection],
    connections[target.connection],
    transform,
  ]);
  return [...new Set(secretReferencesIn(read).map(({ name }) => name))].sort();
}
