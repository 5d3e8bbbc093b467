import { didYouMean } from '../../model/closest';
import { API_FLAGS_HELP } from '../api-client';
import type { Command } from '../cli-context';
import { UsageError } from '../usage-error';
import type { QuarantineAction } from './quarantine/action';
import { deciding } from './quarantine/decide';
import { edit } from './quarantine/edit';
import { list } from './quarantine/list';
import { release } from './quarantine/release';
import { FILTER_FLAGS_HELP } from './quarantine/row-filter';
import { show } from './quarantine/show';

const ACTIONS: readonly QuarantineAction[] = [
  list,
  show,
  edit,
  deciding('approve'),
  deciding('retry'),
  deciding('discard'),
  release,
];

/** `sluice quarantine`: the review of quarantined rows, over the API of a running app. */
export const quarantine: Command = {
  name: 'quarantine',
  summary: 'review quarantined rows of a running app: list, show, edit, approve, retry, discard, release',
  help: `sluice quarantine <action> [flags]

Reviews quarantined rows of a running app. Every change says how many rows it concerns, asks nothing, and stands in the audit
trail with who, when and why; --dry-run only says what it would do.

  list                                  batches, the newest first
      --pipeline <name>  --run <id>  --limit <n>
  show <batch> [row]                    a page of rows with values, reasons and decisions; or one row with its history
      --limit <n>  --after <row>
  edit <batch> <row> column=value ...   new values for source columns, as text
      --reason <text>  --null <column>
  approve <batch> <rows>                load rows as they are, in spite of their checks
      --waiver <text>        what is waived and why
  retry <batch> <rows>                  run rows through the present rules again
      --reason <text>
  discard <batch> <rows>                leave rows out for good
      --reason <text>
  release <batch>                       load what is approved or to be retried, as a run of its own
      --reason <text>  --wait

<rows> are names such as 0-11, or --all, or a filter. A filter and --all mean open rows unless --state says otherwise.

${FILTER_FLAGS_HELP}
      --dry-run              with a change: say what it would do, and change nothing
${API_FLAGS_HELP}

Ends with 1 where a row could not be changed, or a release failed.
`,
  async run(context) {
    const [name, ...args] = context.args;
    const names = ACTIONS.map((action) => action.name);
    if (name === undefined || name.startsWith('-')) throw new UsageError(`say what to do: ${names.join(', ')}`);
    const action = ACTIONS.find((one) => one.name === name);
    if (action === undefined) {
      throw new UsageError(`there is no action '${name}'. ${didYouMean(name, names, 'actions').replace(/\.$/, '')}`);
    }
    return action.run({ ...context, args });
  },
};
