import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A connections file with a blob source and a PostgreSQL target. */
export const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
  warehouse: { kind: postgres, host: db, database: d, user: u, password: '\${secret:pw}' }
`;

/** The least that a pipeline must say. */
export function minimalPipeline(name: string, more = ''): string {
  return `pipeline: ${name}
source: { connection: landing, files: ${name}/*.csv }
target: { connection: warehouse, table: ${name}, writeDisposition: replace }
${more}`;
}

/** Folders of a test file; removed by `removeFolders`. */
const folders: string[] = [];

/** Writes files into a new folder and gives its path. Contents are by path inside the folder. */
export function projectFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
