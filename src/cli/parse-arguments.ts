import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './usage-error';

/** Flags that several commands share. */
export const PROJECT_FLAGS = {
  folder: { type: 'string', short: 'f' },
  env: { type: 'string', short: 'e' },
  json: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

export const PROJECT_FLAGS_HELP = `  -f, --folder <folder>  the pipelines folder (SLUICE_PIPELINES_FOLDER, or pipelines)
  -e, --env <name>       the environment, one of environments/*.yaml (SLUICE_ENVIRONMENT, or local)
      --json             the result as JSON on standard output
  -h, --help             this text`;

export interface ProjectArguments {
  readonly folder: string | undefined;
  readonly env: string | undefined;
  readonly json: boolean;
  readonly positionals: readonly string[];
}

/** Reads a command's flags and names. Throws `UsageError` for what it does not know and for too many names. */
export function parseProjectArguments(args: readonly string[], names: number): ProjectArguments {
  const { values, positionals } = parse(args);
  if (positionals.length > names) throw new UsageError(`'${positionals[names] ?? ''}' is one name too many`);
  return { folder: values.folder, env: values.env, json: values.json, positionals };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: PROJECT_FLAGS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/\. To specify.*$/s, ''));
  }
}
