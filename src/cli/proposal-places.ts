import path from 'node:path';
import type { Project } from '../config/project';
import type { ProposalPlaces } from '../project/profile/propose-pipeline';
import type { ProfileLocation } from './profile-location';

/**
 * Where the proposed pipeline reads and writes: the connection that was looked at, for a file of this machine the first of the project that
 * holds files; and the first database of the project.
 */
export function proposalPlaces(
  location: ProfileLocation,
  config: Readonly<Record<string, unknown>>,
  project: Project,
): ProposalPlaces {
  const pipeline = freeName(location.name, project);
  const { connection: _, files, ...rest } = config;
  const isFiles = typeof files === 'string';
  const source = location.isLocal
    ? {
        connection: firstOf(project, ['blob', 'folder']) ?? 'landing',
        files: `${pipeline}/*${endingOf(String(files))}`,
      }
    : { connection: location.connection, ...(isFiles && { files }) };
  const database = firstOf(project, ['postgres']);
  return {
    pipeline,
    from: location.label,
    source: { ...source, ...rest, ...(isFiles && { incremental: { by: 'file' } }) },
    target: {
      connection: database ?? 'warehouse',
      table: `mart.${pipeline}`,
      writeDisposition: isFiles ? 'append' : 'replace',
    },
  };
}

function firstOf({ connections }: Project, kinds: readonly string[]): string | undefined {
  return Object.entries(connections).find(([, { kind }]) => kinds.includes(kind))?.[0];
}

function freeName(name: string, { pipelines }: Project): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}_${number}`;
    if (!(candidate in pipelines)) return candidate;
  }
}

function endingOf(files: string): string {
  return /(\.[a-z]+)(\.gz|\.zst)?$/i.exec(path.basename(files))?.[0] ?? '.csv';
}
