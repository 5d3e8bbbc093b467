import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ServiceStartError } from './service-start-error';

/** The operating-system account that the server runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Where one cluster lives. */
export interface PostgresHome {
  /** Holds programs, data, password and log. Traversable by `account`. */
  readonly folder: string;
  /** Undefined where the server runs as the user who starts it. */
  readonly account: Account | undefined;
}

/** The file in the asked-for folder that names the real one, where the two differ. */
export const MOVED_TO = 'moved-to';

/**
 * Chooses the account and the folder of a cluster that was asked for at `folder`, and creates the folder.
 *
 * PostgreSQL refuses to run as root, so root runs it as `nobody`: an account that every machine has (initdb looks it
 * up), so that none needs to be created. Where `nobody` cannot reach `folder`, as in a clone under a home that is
 * closed to others, the cluster moves to a folder under /var/tmp and `folder/moved-to` names it.
 */
export async function choosePostgresHome(folder: string): Promise<PostgresHome> {
  await mkdir(folder, { recursive: true });
  if (process.getuid?.() !== 0) return { folder, account: undefined };
  const account = await nobody();
  if (await othersMayTraverse(folder)) return { folder, account };
  const elsewhere = await makePrivateFolder(folder);
  await writeFile(path.join(folder, MOVED_TO), `${elsewhere}\n`);
  return { folder: elsewhere, account };
}

/** The folder that `choosePostgresHome` moved the cluster of `folder` to, or undefined. */
export async function movedHome(folder: string): Promise<string | undefined> {
  const text = await readFile(path.join(folder, MOVED_TO), 'utf8').catch(() => undefined);
  const home = text?.trim();
  return home === elsewhereFor(folder) ? home : undefined;
}

async function nobody(): Promise<Account> {
  const accounts = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  const entry = accounts.find(([name]) => name === 'nobody');
  const uid = Number(entry?.[2]);
  const gid = Number(entry?.[3]);
  if (Number.isInteger(uid) && uid > 0 && Number.isInteger(gid)) return { uid, gid };
  throw new ServiceStartError(
    'PostgreSQL refuses to run as root, and this machine has no account named nobody to run it as.',
    'Run the command as an ordinary user.',
  );
}

async function othersMayTraverse(folder: string): Promise<boolean> {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    if (((await stat(current)).mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

function elsewhereFor(folder: string): string {
  const id = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 16);
  return path.join(process.platform === 'win32' ? os.tmpdir() : '/var/tmp', `sluice-postgres-${id}`);
}

async function makePrivateFolder(folder: string): Promise<string> {
  const elsewhere = elsewhereFor(folder);
  await mkdir(elsewhere, { mode: 0o711 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  // /var/tmp is open to all: somebody else's folder or link of that name must not be trusted.
  const found = await lstat(elsewhere);
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return elsewhere;
  throw new ServiceStartError(`${elsewhere} exists but is not a folder of root's alone.`, `Remove ${elsewhere}.`);
}
