import { API_FLAGS, apiClient } from '../../api-client';
import { neededText } from '../../needed-text';
import { parseFlags } from '../../parse-flags';
import { renderRow, type ShownRow } from '../../render/render-quarantine';
import { UsageError } from '../../usage-error';
import { batchAddress, type QuarantineAction } from './action';

/** `sluice quarantine edit <batch> <row> column=value ...`: new values for source columns of a row. */
export const edit: QuarantineAction = {
  name: 'edit',
  async run(context) {
    const text = { type: 'string' } as const;
    const options = {
      ...API_FLAGS,
      reason: text,
      null: { ...text, multiple: true },
      'dry-run': { type: 'boolean', default: false },
    } as const;
    const { values: flags, positionals } = parseFlags(context.args, options);
    const [batch, row, ...assignments] = positionals;
    const address = batchAddress(batch);
    if (row === undefined || row.includes('=')) throw new UsageError('name the row, such as 0-11, before the values');
    const values = Object.fromEntries([
      ...assignments.map(assignment),
      ...(flags.null ?? []).map((column) => [column, null] as const),
    ]);
    if (Object.keys(values).length === 0) {
      throw new UsageError('give new values, such as amount=14, or --null <column>');
    }
    const reason = neededText(flags.reason, 'say why the row is changed: --reason <text>');
    const dryRun = flags['dry-run'];
    const body = { values, reason, ...(dryRun && { dryRun }) };
    const api = apiClient(context, flags.url);
    const shown = await api.request<ShownRow>('PATCH', `${address}/rows/${encodeURIComponent(row)}`, body);
    const head = dryRun
      ? '1 row would be edited; nothing was changed.'
      : '1 row edited. Decide about it: approve or retry.';
    context.out(flags.json ? `${JSON.stringify(shown, null, 2)}\n` : `${head}\n\n${renderRow(shown)}`);
    return 0;
  },
};

function assignment(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`'${text}' is no value: write column=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}
