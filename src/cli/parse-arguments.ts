import type { ParseArgsConfig } from 'node:util';
import { parseFlags } from './parse-flags';
import { UsageError } from './usage-error';

/** Flags that several commands share. */
export const PROJECT_FLAGS = {
  folder: { type: 'string', short: 'f' },
  env: { type: 'string', short: 'e' },
  json: { type: 'boolean', default: false },
  param: { type: 'string', short: 'p', multiple: true, default: [] },
} as const satisfies ParseArgsConfig['options'];

export const PROJECT_FLAGS_HELP = `  -f, --folder <folder>  the pipelines folder (SLUICE_PIPELINES_FOLDER, or pipelines)
  -e, --env <name>       the environment, one of environments/*.yaml (SLUICE_ENVIRONMENT, or local)
      --json             the result as JSON on standard output
  -h, --help             this text`;

export const PARAMETER_FLAG_HELP = `  -p, --param <name=value>  a parameter of the pipeline; may stand several times`;

export interface ProjectArguments {
  readonly folder: string | undefined;
  readonly env: string | undefined;
  readonly json: boolean;
  /** `name=value` texts. */
  readonly parameters: readonly string[];
  readonly positionals: readonly string[];
}

/**
 * Reads a command's flags and names. Throws `UsageError` for what it does not know, for more names than `names`, and for
 * parameters where the command takes no pipeline.
 */
export function parseProjectArguments(args: readonly string[], names: number): ProjectArguments {
  const { values, positionals } = parseFlags(args, PROJECT_FLAGS);
  if (positionals.length > names) throw new UsageError(`'${positionals[names] ?? ''}' is one name too many`);
  if (names === 0 && values.param.length > 0) throw new UsageError("Unknown option '--param'");
  return { folder: values.folder, env: values.env, json: values.json, parameters: values.param, positionals };
}
