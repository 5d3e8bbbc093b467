import type { Project } from '../../config/project';
import { ROLES, type Need } from './need';

const SECRET = /^\$\{secret:([a-z0-9-]+)\}$/;

/** What reads secrets: connections that a pipeline uses, and masks that salt. */
export function secretNeeds({ connections, pipelines }: Pick<Project, 'connections' | 'pipelines'>): Need[] {
  const used = new Set(
    Object.values(pipelines).flatMap(({ source, target }) => [source.connection, target.connection]),
  );
  const ofConnections = [...used].flatMap((name) =>
    secretsIn(connections[name]).map((secret) => `connection ${name} reads the secret ${secret}`),
  );
  const ofMasks = Object.values(pipelines).flatMap(({ pipeline, transform }) =>
    secretsIn(transform).map((secret) => `a mask of pipeline ${pipeline} reads the secret ${secret}`),
  );
  const reasons = [...ofConnections, ...ofMasks];
  if (reasons.length === 0) return [];
  return [{ kind: 'vault', resource: 'KEY_VAULT_URI', scope: 'vault', ...ROLES.secretsUser, reasons }];
}

/** Names of the secrets that a value of the YAML holds, at any depth. */
function secretsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    const name = SECRET.exec(value)?.[1];
    return name === undefined ? [] : [name];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}
