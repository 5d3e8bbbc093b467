import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteLiteral } from './quote-literal';

/**
 * Locks a connection in: files of the given folders only, no network, no extensions, no setting may change again. This is the second
 * fence; the first is the allow-list of `checkExpression`, because the engine itself would still let a statement overwrite a file
 * inside an allowed folder.
 */
export async function fence(connection: DuckDBConnection, folders: readonly string[]): Promise<void> {
  // Texts with a time but no zone must mean the same on every machine.
  await connection.run(`SET TimeZone = 'UTC'`);
  await connection.run(`SET allowed_directories = [${folders.map(quoteLiteral).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}
