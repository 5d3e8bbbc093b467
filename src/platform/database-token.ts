import { credential } from './identity';

/** https://learn.microsoft.com/azure/postgresql/flexible-server/security-entra-configure */
const SCOPE = 'https://ossrdbms-aad.database.windows.net/.default';

/** A token of the app's identity that Azure Database for PostgreSQL takes as a password; good for an hour or less. Throws `identity-unavailable`. */
export async function databaseTokenOf(env: NodeJS.ProcessEnv): Promise<string> {
  return identityTokenOf(env, SCOPE);
}

/** A token of the app's identity for a scope. Throws `identity-unavailable`. */
export async function identityTokenOf(env: NodeJS.ProcessEnv, scope: string): Promise<string> {
  return (await credential(env).getToken(scope))?.token ?? '';
}
