import { join } from 'node:path';
import { runCli } from '../../../../src/cli/run-cli';

export const ROOT = join(__dirname, '../../../..');

export interface CliWorld {
  readonly workingFolder?: string;
  readonly appFolder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command line with a world of its own, and gives what it wrote. */
export async function sluice(
  args: readonly string[],
  world: CliWorld = {},
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runCli({
    args,
    env: {},
    workingFolder: '/',
    appFolder: ROOT,
    ...world,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { code, out, err };
}
