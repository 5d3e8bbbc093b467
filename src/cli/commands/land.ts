import { statSync } from 'node:fs';
import path from 'node:path';
import { landFile } from '../land-file';
import type { Command } from '../cli-context';
import { openProject } from '../open-project';
import { PROJECT_FLAGS_HELP } from '../parse-arguments';
import { parseFlags } from '../parse-flags';
import { connectionDependencies } from '../preview-connections';
import { UsageError } from '../usage-error';

/** `sluice land <file...> <connection:path>`: puts files of this machine where pipelines find them. */
export const land: Command = {
  name: 'land',
  summary: 'put files of this machine into a container or folder that pipelines read',
  help: `sluice land <file> [file ...] <connection:path> [flags]

Copies files to a path of a connection of kind blob or folder; a path that ends with / is a folder, and each file keeps its name. What is there
already is not overwritten without --overwrite. Each file appears whole or not at all. On the embedded host a container that is missing is made.
Settings are those of this machine: the environment, then .sluice/local.settings.json, which npm start and npm run demo write.

  sluice land orders.csv landing:orders/
  sluice land january.csv landing:orders/2026-01.csv --overwrite

      --overwrite        put the file in place of one that is there
${PROJECT_FLAGS_HELP}
`,
  async run(context) {
    const flag = { type: 'boolean', default: false } as const;
    const folder = { type: 'string', short: 'f' } as const;
    const env = { type: 'string', short: 'e' } as const;
    const { values, positionals } = parseFlags(context.args, { folder, env, json: flag, overwrite: flag } as const);
    const to = positionals.at(-1);
    const files = positionals.slice(0, -1);
    if (to === undefined || files.length === 0) throw new UsageError('name a file and connection:path');
    const [, name = '', place = ''] = /^([a-z][a-z0-9_-]*):(.*)$/.exec(to) ?? [];
    if (name === '') throw new UsageError(`'${to}' is no connection:path, such as landing:orders/`);
    if (files.length > 1 && !isFolder(place)) throw new UsageError(`several files need a folder: ${to}/`);
    const sources = files.map((file) => ({ file, local: localFile(file, context.workingFolder) }));
    const flags = { folder: values.folder, env: values.env, json: values.json, parameters: [], positionals };
    const { loaded, settings } = openProject(context, flags);
    const connection = loaded.partial.connections[name];
    if (connection === undefined) {
      const known = Object.keys(loaded.partial.connections).join(', ') || 'none';
      throw new UsageError(`there is no connection '${name}' in the project (it has ${known})`);
    }
    const dependencies = connectionDependencies(settings.env);
    const landed: { file: string; path: string; bytes: number }[] = [];
    for (const { file, local } of sources) {
      const target = placeOf(place, file);
      const { overwrite } = values;
      const bytes = await landFile({ name, connection, local, path: target, overwrite, ...dependencies });
      landed.push({ file, path: `${name}:${target}`, bytes });
      if (!values.json) context.out(`${file} → ${name}:${target} (${bytes.toLocaleString('en')} bytes)\n`);
    }
    if (values.json) context.out(`${JSON.stringify({ landed }, null, 2)}\n`);
    return 0;
  },
};

function isFolder(place: string): boolean {
  return place === '' || place.endsWith('/');
}

/** The path in the connection; it names one file inside of it. */
function placeOf(place: string, file: string): string {
  const whole = isFolder(place) ? `${place}${path.basename(file)}` : place;
  const parts = whole.split('/');
  if (/[*?[{\\\0]/.test(whole) || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new UsageError(`'${whole}' is no path of a file: write orders/january.csv`);
  }
  return whole;
}

function localFile(given: string, workingFolder: string): string {
  const local = path.resolve(workingFolder, given);
  const facts = statSync(local, { throwIfNoEntry: false });
  if (facts === undefined) throw new UsageError(`there is no file '${given}'`);
  if (!facts.isFile()) throw new UsageError(`'${given}' is no file`);
  return local;
}
