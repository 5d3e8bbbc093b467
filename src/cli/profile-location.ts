import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../config/project';
import { connection as connectionSchema, type Connection } from '../config/schema/connection';
import { UsageError } from './usage-error';

/** Where the rows to profile are. */
export interface ProfileLocation {
  /** A project in which the connection can be opened. */
  readonly project: Project;
  readonly connection: string;
  /** The rest of the source's configuration. */
  readonly source: Readonly<Record<string, unknown>>;
  /** For people. */
  readonly label: string;
  /** A name for the pipeline. */
  readonly name: string;
  /** Whether it is a file of this machine, which no deployed app can reach. */
  readonly isLocal: boolean;
}

/** What `<file|connection:path>` names. Throws `UsageError`. */
export function profileLocation(given: string, project: Project, workingFolder: string): ProfileLocation {
  const [, name = '', rest = ''] = /^([a-z][a-z0-9_-]*):(.+)$/.exec(given) ?? [];
  const connection = project.connections[name];
  if (connection !== undefined) {
    const source = sourceOf(connection, rest);
    return { project, connection: name, source, label: given, name: pipelineName(rest), isLocal: false };
  }
  const known = Object.keys(project.connections).join(', ') || 'none';
  if (name !== '' && !existsSync(path.resolve(workingFolder, given))) {
    throw new UsageError(`there is no connection '${name}' in the project (it has ${known}), and no such file`);
  }
  return localLocation(given, project, workingFolder);
}

function localLocation(given: string, project: Project, workingFolder: string): ProfileLocation {
  const whole = path.resolve(workingFolder, given);
  const glob = whole.search(/[*?[{]/);
  const isFolder = glob < 0 && existsSync(whole) && statSync(whole).isDirectory();
  if (isFolder)
    throw new UsageError(`'${given}' is a folder: name the files in it, such as '${path.join(given, '*.csv')}'`);
  if (glob < 0 && !existsSync(whole)) throw new UsageError(`there is no file '${given}'`);
  const folder = glob < 0 ? path.dirname(whole) : path.dirname(`${whole.slice(0, glob)}x`);
  const files = path.relative(folder, whole).split(path.sep).join('/');
  const local: Connection = connectionSchema.parse({ kind: 'folder', path: folder });
  return {
    project: { ...project, connections: { 'this-machine': local } },
    connection: 'this-machine',
    source: { files },
    label: given,
    name: pipelineName(given),
    isLocal: true,
  };
}

function sourceOf(connection: Connection, rest: string): Record<string, unknown> {
  switch (connection.kind) {
    case 'http':
      return { request: { path: rest } };
    case 'postgres':
    case 'tables':
      return { table: rest };
    default:
      return { files: rest };
  }
}

/** `exports/Orders 2024-*.csv.gz` as `orders_2024`; of a glob alone, the folder's name. */
export function pipelineName(place: string): string {
  const parts = place.split(/[/\\]/).filter((part) => part !== '');
  const words = (part: string): string =>
    part
      .replace(/\.(csv|tsv|ndjson|jsonl|json|parquet)(\.gz|\.zst)?$/i, '')
      .replace(/^[^.*]*\.(?=[^.]+$)/, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^[_0-9]+|_+$/g, '')
      .slice(0, 50);
  return (
    parts
      .reverse()
      .map(words)
      .find((name) => name !== '') ?? 'profiled'
  );
}
