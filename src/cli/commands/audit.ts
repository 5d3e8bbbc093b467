import { API_FLAGS_HELP } from '../api-client';
import type { Command } from '../cli-context';
import { didYouMean } from '../../model/closest';
import { UsageError } from '../usage-error';
import { exportAudit } from './audit/export';
import { listAudit } from './audit/list';
import { verifyAudit } from './audit/verify';

const ACTIONS = { list: listAudit, verify: verifyAudit, export: exportAudit } as const;

/** `sluice audit list|verify|export`: who did what, and whether anything of that is missing or was changed. */
export const audit: Command = {
  name: 'audit',
  summary: 'read, verify and export the audit trail',
  help: `sluice audit list   [--day <day>] [--action <action>] [--by <who>] [--subject <what>] [--limit <n>] [flags]
sluice audit verify [--from <day>] [--to <day>] [--files <folder>] [flags]
sluice audit export --to-folder <folder> [--from <day>] [--to <day>] [flags]

Takes the role admin. Days are UTC, as 2026-01-31.

list      entries of a day, newest first; today unless --day says another, 100 unless --limit (1 to 1000)
verify    follows the chain of every day here, entry by entry, and asks the app to compare it with the copy that nobody can change. Ends with 1
          where an entry was removed, altered, reordered, inserted or cut off. With --files it verifies what export, or a download of the container audit,
          put into a folder, and asks no app unless --url says so: then the app's chain must go on where the files end
export    writes <day>.jsonl for each day: an entry a line, with its place, the hash of the one before, and its own

${API_FLAGS_HELP}
`,
  async run(context) {
    const [name = '', ...args] = context.args;
    if (!Object.hasOwn(ACTIONS, name)) {
      const names = Object.keys(ACTIONS);
      throw new UsageError(
        name === ''
          ? `write one of ${names.join(', ')}`
          : `there is no '${name}'. ${didYouMean(name, names, 'actions')}`,
      );
    }
    return ACTIONS[name as keyof typeof ACTIONS]({ ...context, args });
  },
};
