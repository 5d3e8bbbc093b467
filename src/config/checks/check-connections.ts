import { placeholdersIn } from '../parameters';
import type { Problem, Project } from '../project';
import type { Place } from '../yaml/located';
import { formatPath, type YamlPath } from '../yaml/yaml-path';

type Locate = (connection: string, path: YamlPath) => Place & { readonly value: string | null };

/** Keys of connections that take a secret, and nothing else. */
const SECRET_KEYS: ReadonlySet<string> = new Set(['password', 'value', 'clientSecret']);

/** What connections cannot hold: parameters anywhere, since connections belong to no run, and secrets but as a password or key. */
export function checkConnections(connections: Project['connections'], locate: Locate): Problem[] {
  return Object.entries(connections).flatMap(([name, connection]) => {
    const problem = (path: YamlPath, code: string, message: string, fix: string): Problem => ({
      ...locate(name, path),
      path: formatPath(['connections', name, ...path]),
      code,
      message,
      fix,
      severity: 'error',
    });
    const parameters = placeholdersIn(connection, 'param').map(({ path }) =>
      problem(
        path,
        'parameter-not-allowed',
        'a parameter cannot stand in a connection',
        'Use ${env:NAME}, or an overlay.',
      ),
    );
    const secrets = placeholdersIn(connection, 'secret')
      .filter(({ path }) => !SECRET_KEYS.has(String(path.at(-1))))
      .map(({ path }) =>
        problem(path, 'secret-not-allowed', 'a secret can stand only as a password or key', 'Use ${env:NAME} here.'),
      );
    return [...parameters, ...secrets];
  });
}
