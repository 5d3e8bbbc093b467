import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeYaml } from '../../config/yaml/write-yaml';
import { SourceEmptyError } from '../../errors/source-empty-error';
import { proposePipeline } from '../../project/profile/propose-pipeline';
import type { CliContext, Command } from '../cli-context';
import { openProject } from '../open-project';
import { PROJECT_FLAGS_HELP } from '../parse-arguments';
import { parseFlags } from '../parse-flags';
import { connectionDependencies } from '../preview-connections';
import { profileLocation } from '../profile-location';
import { proposalPlaces } from '../proposal-places';
import { profileSource } from '../profile-source';
import { renderProfile } from '../render/render-profile';
import { profileEngine } from '../small-engine';
import { UsageError } from '../usage-error';

const MOST_ROWS = 1_000_000;

/** `sluice profile <file|connection:path>`: what a source holds, and a first pipeline for it. */
export const profile: Command = {
  name: 'profile',
  summary: 'look at a new source: types, nulls, values, patterns, and a first pipeline for it',
  help: `sluice profile <file | connection:path> [flags]

Reads the rows of a file of this machine, of files that a glob names, or of a connection of the project (a path or glob of files, schema.table of
a database, the path of a web API), and shows of each column what its values stand for, how many are missing, different, least and greatest, their
quantiles, commonest values and shapes. Then prints a pipeline that loads them, with casts, masks and checks that these rows pass. Values of columns
that look like personal data are shown masked. Changes nothing.

      --rows <n>         rows to look at; ${MOST_ROWS.toLocaleString('en')} unless given
      --yaml             only the pipeline
      --out <file>       write the pipeline to a file that does not exist yet, such as pipelines/orders.yaml
${PROJECT_FLAGS_HELP}
`,
  async run(context) {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean', default: false } as const;
    const folder = { type: 'string', short: 'f' } as const;
    const env = { type: 'string', short: 'e' } as const;
    const options = { folder, env, rows: text, out: text, yaml: flag, json: flag } as const;
    const { values, positionals } = parseFlags(context.args, options);
    const [given, tooMany] = positionals;
    if (given === undefined) throw new UsageError('name a file, or connection:path');
    if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many; put a glob in quotes`);
    if (values.yaml && values.json) throw new UsageError('choose one of --yaml and --json');
    const rows = rowsOf(values.rows);
    const out = values.out === undefined ? null : path.resolve(context.workingFolder, values.out);
    if (out !== null && existsSync(out))
      throw new UsageError(`${values.out ?? ''} exists already, and is not overwritten`);
    const flags = { folder: values.folder, env: values.env, json: values.json, parameters: [], positionals };
    const { loaded, settings } = openProject(context, flags);
    const location = profileLocation(given, loaded.partial, context.workingFolder);
    const { profile: found, config } = await profileEngine().use((session) =>
      profileSource(location, connectionDependencies(settings.env), session, rows),
    );
    if (found.rows === 0) throw new SourceEmptyError(location.label, found.malformed);
    const proposal = proposePipeline(found, proposalPlaces(location, config, loaded.partial));
    const yaml = writeYaml(proposal.pipeline, ['yaml-language-server: $schema=./schema.json', ...proposal.notes]);
    if (values.json) context.out(`${JSON.stringify({ source: location.label, ...found, ...proposal }, null, 2)}\n`);
    else if (values.yaml) context.out(yaml);
    else context.out(`${renderProfile(location.label, found)}${out === null ? `\n${yaml}` : ''}`);
    if (out !== null) write(context, out, yaml);
    return 0;
  },
};

function rowsOf(given: string | undefined): number {
  if (given === undefined) return MOST_ROWS;
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new UsageError(`--rows is a whole number from 1 to 999999999, and '${given}' is none`);
}

function write(context: CliContext, out: string, yaml: string): void {
  try {
    writeFileSync(out, yaml, { flag: 'wx' });
  } catch (error) {
    throw new UsageError(`${out} could not be written: ${(error as Error).message}`);
  }
  context.err(`Wrote ${path.relative(context.workingFolder, out)}. Next: sluice validate, sluice plan.\n`);
}
