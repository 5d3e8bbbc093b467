import { didYouMean } from '../model/closest';
import { SluiceError } from '../errors/sluice-error';
import { knowSecretsOf } from '../observability/know-secrets-of';
import { hideKnownSecrets } from '../observability/known-secrets';
import { redact } from '../observability/redact';
import type { CliContext, Command, ExitCode } from './cli-context';

import { audit } from './commands/audit';
import { alerts } from './commands/alerts';
import { checks } from './commands/checks';
import { connections } from './commands/connections';
import { land } from './commands/land';
import { doctor } from './commands/doctor';
import { lineage } from './commands/lineage';
import { plan } from './commands/plan';
import { backfill } from './commands/backfill';
import { activate } from './commands/activate';
import { apply } from './commands/apply';
import { approvals } from './commands/approvals';
import { cost } from './commands/cost';
import { maintenance } from './commands/maintenance';
import { columns } from './commands/columns';
import { diff } from './commands/diff';
import { pause, resume } from './commands/pause';
import { undo } from './commands/undo';
import { cancel } from './commands/cancel';
import { profile } from './commands/profile';
import { quarantine } from './commands/quarantine';
import { roles } from './commands/roles';
import { run } from './commands/run';
import { runs } from './commands/runs';
import { schema } from './commands/schema';
import { sla } from './commands/sla';

import { test } from './commands/test';
import { validate } from './commands/validate';
import { versions } from './commands/versions';
import { UsageError } from './usage-error';

const COMMANDS: readonly Command[] = [
  validate,
  connections,
  profile,
  land,
  plan,
  apply,
  diff,
  lineage,
  test,
  run,
  runs,
  cancel,
  undo,
  backfill,
  pause,
  resume,
  versions,
  activate,
  approvals,
  cost,
  maintenance,
  checks,
  sla,
  alerts,
  quarantine,
  roles,
  columns,
  audit,
  doctor,
  schema,
];

/** Runs one command line. Never throws for wrong arguments or a failure of Sluice's own kind. What it writes holds no secret that it read. */
export async function runCli(caller: CliContext): Promise<ExitCode> {
  knowSecretsOf(caller.env);
  const context: CliContext = {
    ...caller,
    out: (text) => caller.out(hideKnownSecrets(text)),
    err: (text) => caller.err(redact(text)),
  };
  const [name, ...args] = context.args;
  if (name === undefined || isHelp(name)) {
    context.out(overview());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === (name === 'help' ? args[0] : name));
  if (name === 'help' && args.length === 0) {
    context.out(overview());
    return 0;
  }
  if (command === undefined) {
    const names = COMMANDS.map((candidate) => candidate.name);
    context.err(`sluice: there is no command '${name}'. ${didYouMean(name, names, 'commands')}\n`);
    return 2;
  }
  if (name === 'help' || args.some(isHelp)) {
    context.out(command.help);
    return 0;
  }
  try {
    return await command.run({ ...context, args });
  } catch (error) {
    if (error instanceof UsageError) {
      context.err(`sluice ${command.name}: ${error.message}. See sluice ${command.name} --help.\n`);
      return 2;
    }
    if (!(error instanceof SluiceError)) throw error;
    context.err(`sluice ${command.name}: ${error.message} [${error.code}]\n${error.nextAction}\n`);
    return 1;
  }
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `sluice <command> [flags]

Data pipelines as YAML, run by durable orchestrations on Azure Functions.

${lines.join('\n')}

sluice <command> --help says more. Exit codes: 0 all is well, 1 problems were found, 2 wrong arguments.
`;
}
