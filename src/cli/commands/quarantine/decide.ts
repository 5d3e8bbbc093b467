import type { ReviewDecision } from '../../../model/quarantine-review';
import { API_FLAGS, apiClient } from '../../api-client';
import type { CliContext, ExitCode } from '../../cli-context';
import { neededText } from '../../needed-text';
import { parseFlags } from '../../parse-flags';
import { plural } from '../../render/render-problems';
import { UsageError } from '../../usage-error';
import { batchAddress, type QuarantineAction } from './action';
import { FILTER_FLAGS, filterOfFlags, type ApiFilter } from './row-filter';

/** The answer of `POST /api/quarantine/{batch}/decisions`. */
interface DecisionAnswer {
  readonly decided: number;
  readonly locked: number;
  readonly unreadable: number;
  readonly changed: number;
}

const DONE: Readonly<Record<ReviewDecision, string>> = {
  approve: 'approved',
  retry: 'to be retried',
  discard: 'discarded',
};

/** `sluice quarantine approve | retry | discard <batch> ...`. */
export function deciding(decision: ReviewDecision): QuarantineAction {
  return { name: decision, run: (context) => decide(context, decision) };
}

async function decide(context: CliContext, decision: ReviewDecision): Promise<ExitCode> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = { ...API_FLAGS, ...FILTER_FLAGS, reason: text, waiver: text, all: flag, 'dry-run': flag } as const;
  const { values, positionals } = parseFlags(context.args, options);
  const [batch, ...rows] = positionals;
  const address = batchAddress(batch);
  const reason = reasonOf(decision, values.reason, values.waiver);
  const which = rowsOf(rows, filterOfFlags(values), values.all);
  const dryRun = values['dry-run'];
  const api = apiClient(context, values.url);
  const answer = await api.request<DecisionAnswer>('POST', `${address}/decisions`, {
    decision,
    reason,
    ...which,
    ...(dryRun && { dryRun }),
  });
  context.out(values.json ? `${JSON.stringify(answer, null, 2)}\n` : summary(decision, dryRun, answer));
  return answer.locked + answer.unreadable + answer.changed === 0 ? 0 : 1;
}

function reasonOf(decision: ReviewDecision, reason: string | undefined, waiver: string | undefined): string {
  if (decision !== 'approve') {
    if (waiver !== undefined) throw new UsageError(`${decision} waives nothing: give --reason <text>`);
    return neededText(reason, `say why: --reason <text>`);
  }
  if (reason !== undefined)
    throw new UsageError('an approval waives checks: give --waiver <text> in place of --reason');
  return neededText(waiver, 'say what is waived and why: --waiver <text>');
}

/** Rows by name, or by a filter, which means open ones unless it says otherwise: decisions of others stay as they are. */
function rowsOf(rows: readonly string[], filter: ApiFilter | null, all: boolean): object {
  const ways = [rows.length > 0, filter !== null, all].filter(Boolean).length;
  if (ways !== 1) {
    throw new UsageError(
      'choose rows by name (0-11 0-12), by a filter (--failed <reason>, --column, --state), or --all',
    );
  }
  return rows.length > 0 ? { rows } : { filter: { state: 'open', ...filter } };
}

function summary(decision: ReviewDecision, dryRun: boolean, answer: DecisionAnswer): string {
  const { decided, locked, unreadable, changed } = answer;
  const concerned = decided + locked + unreadable + changed;
  const would = dryRun ? 'would be ' : '';
  const lines = [`${plural(concerned, 'row')} concerned: ${decided} ${would}${DONE[decision]}.`];
  if (locked > 0) lines.push(`${locked} released already: nothing can be changed about them any more.`);
  if (unreadable > 0) lines.push(`${unreadable} could not be parsed: edit them first (sluice quarantine edit).`);
  if (changed > 0) lines.push(`${changed} decided by somebody else at the same moment: look at them and decide again.`);
  if (dryRun) lines.push('Nothing was changed.');
  else if (decided > 0 && decision !== 'discard') lines.push('Load them: sluice quarantine release <batch>.');
  return `${lines.join('\n')}\n`;
}
