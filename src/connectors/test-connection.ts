import type { Project } from '../config/project';
import { UnknownConnectionError } from '../errors/unknown-connection-error';
import { toFailure } from '../errors/to-failure';
import type { ConnectionTest, ConnectionUse } from '../model/connection-test';
import { SOURCE_CAPABILITIES, TARGET_CAPABILITIES } from './capabilities';
import { openSource, openTarget, type ConnectionDependencies } from './connections';

/**
 * Tries a connection in each way in which pipelines of the project use it, or in every way that its kind can be used when none does.
 * Reads no rows and changes nothing. Throws `unknown-connection`.
 */
export async function testConnection(
  project: Project,
  name: string,
  deps: ConnectionDependencies,
): Promise<ConnectionTest> {
  const connection = Object.hasOwn(project.connections, name) ? project.connections[name] : undefined;
  if (connection === undefined) throw new UnknownConnectionError(name, 'tested');
  const pipelines = Object.values(project.pipelines);
  const used = (['source', 'target'] as const).filter((side) => pipelines.some((p) => p[side].connection === name));
  const kinds = { source: SOURCE_CAPABILITIES, target: TARGET_CAPABILITIES };
  const possible = (['source', 'target'] as const).filter((side) => kinds[side][connection.kind] !== undefined);
  const uses: ConnectionUse[] = [];
  for (const as of used.length > 0 ? used : possible) uses.push(await tryAs(as, project, name, deps));
  return { connection: name, kind: connection.kind, works: uses.every(({ works }) => works), uses };
}

async function tryAs(
  as: ConnectionUse['as'],
  project: Project,
  name: string,
  deps: ConnectionDependencies,
): Promise<ConnectionUse> {
  try {
    const opened = await (as === 'source' ? openSource : openTarget)(project, name, deps);
    try {
      return { as, works: true, findings: await opened.test(), failure: null };
    } finally {
      await opened.close();
    }
  } catch (error) {
    const { code, class: failureClass, message, nextAction } = toFailure(error);
    return { as, works: false, findings: [], failure: { code, class: failureClass, message, nextAction } };
  }
}
