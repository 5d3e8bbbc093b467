import { API_FLAGS, apiClient } from '../../api-client';
import { parseFlags } from '../../parse-flags';
import {
  renderBatch,
  renderHistory,
  renderRow,
  type DescribedBatch,
  type RowChange,
  type ShownRow,
} from '../../render/render-quarantine';
import { UsageError } from '../../usage-error';
import { batchAddress, type QuarantineAction } from './action';
import { FILTER_FLAGS, filterOfFlags } from './row-filter';

/** `sluice quarantine show <batch> [row]`: a page of rows with their values, reasons and decisions, or one row with its history. */
export const show: QuarantineAction = {
  name: 'show',
  async run(context) {
    const text = { type: 'string' } as const;
    const options = { ...API_FLAGS, ...FILTER_FLAGS, limit: text, after: text, reason: text };
    const { values, positionals } = parseFlags(context.args, options);
    if (values.reason !== undefined) throw new UsageError('rows with a reason are shown by --failed <reason>');
    const [batch, row, tooMany] = positionals;
    if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many`);
    const address = batchAddress(batch);
    const api = apiClient(context, values.url);
    if (row !== undefined) {
      const shown = await api.request<ShownRow & { history: readonly RowChange[] }>(
        'GET',
        `${address}/rows/${encodeURIComponent(row)}`,
      );
      const told = values.json
        ? `${JSON.stringify(shown, null, 2)}\n`
        : renderRow(shown) + renderHistory(shown.history);
      context.out(told);
      return 0;
    }
    const filter = filterOfFlags(values) ?? {};
    if (values.null) throw new UsageError('--null goes with decisions; show looks for texts: --value <text>');
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries({ ...filter } as Record<string, string | null>))
      if (value !== null) query.set(key, value);
    if (values.limit !== undefined) query.set('limit', values.limit);
    if (values.after !== undefined) query.set('continuation', values.after);
    const page = await api.request<{ rows: readonly ShownRow[]; continuation: string | null }>(
      'GET',
      `${address}/rows?${query.toString()}`,
    );
    const described = await api.request<DescribedBatch>('GET', address);
    if (values.json) {
      context.out(`${JSON.stringify({ ...described, page: page.rows, continuation: page.continuation }, null, 2)}\n`);
      return 0;
    }
    context.out(renderBatch(described));
    for (const one of page.rows) context.out(`\n${renderRow(one)}`);
    if (page.rows.length === 0) context.out('\nNo such rows.\n');
    if (page.continuation !== null) context.out(`\nThere may be more: --after ${page.continuation}\n`);
    return 0;
  },
};
