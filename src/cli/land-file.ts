import { constants } from 'node:fs';
import { copyFile, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Connection } from '../config/schema/connection';
import type { ConnectionDependencies } from '../connectors/connections';
import { storageErrorOf } from '../connectors/storage-error-of';
import { UsageError } from './usage-error';

export interface LandFileRequest extends Pick<ConnectionDependencies, 'blobServiceClient'> {
  /** The connection's name, for errors. */
  readonly name: string;
  readonly connection: Connection;
  /** Absolute path on this machine. */
  readonly local: string;
  /** Path inside the connection. */
  readonly path: string;
  readonly overwrite: boolean;
}

/**
 * Copies a file to where pipelines read; it appears whole or not at all. Gives its bytes. Throws `UsageError` where there is a file already, or
 * the connection takes none; otherwise what reading from the connection throws.
 */
export async function landFile(request: LandFileRequest): Promise<number> {
  const { connection, name } = request;
  if (connection.kind === 'blob') await upload(request, connection);
  else if (connection.kind === 'folder') await copy(request, connection.path);
  else throw new UsageError(`files land in a connection of kind blob or folder, and '${name}' is ${connection.kind}`);
  return (await stat(request.local)).size;
}

async function upload(
  request: LandFileRequest,
  { setting, container: containerName }: Extract<Connection, { kind: 'blob' }>,
): Promise<void> {
  const { name, local, path: target, overwrite } = request;
  const service = request.blobServiceClient(setting);
  const container = service.getContainerClient(containerName);
  // Deployed containers belong to the infrastructure; those of the emulator to nobody.
  const { protocol } = new URL(service.url);
  const conditions = overwrite ? {} : { conditions: { ifNoneMatch: '*' } };
  try {
    if (protocol === 'http:') await container.createIfNotExists();
    await container.getBlockBlobClient(target).uploadFile(local, conditions);
  } catch (error) {
    const { statusCode } = error as { statusCode?: unknown };
    if (!overwrite && (statusCode === 409 || statusCode === 412)) throw existing(name, target);
    throw storageErrorOf(error, `${containerName}/${target}`, name);
  }
}

async function copy({ name, local, path: target, overwrite }: LandFileRequest, folder: string): Promise<void> {
  const whole = path.resolve(folder, ...target.split('/'));
  await mkdir(path.dirname(whole), { recursive: true });
  const unfinished = path.join(path.dirname(whole), `.${path.basename(whole)}-${randomUUID()}`);
  try {
    await copyFile(local, unfinished, constants.COPYFILE_EXCL);
    if (overwrite) await rename(unfinished, whole);
    else await link(unfinished, whole);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') throw existing(name, target);
    throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
}

function existing(name: string, target: string): UsageError {
  return new UsageError(`${name}:${target} exists already; --overwrite puts the file in its place`);
}
