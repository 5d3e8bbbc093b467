import { API_FLAGS, apiClient } from '../../api-client';
import { parseFlags } from '../../parse-flags';
import { renderBatches, type ListedBatch } from '../../render/render-quarantine';
import { UsageError } from '../../usage-error';
import type { QuarantineAction } from './action';

/** `sluice quarantine list`: batches of quarantined rows, the newest first. */
export const list: QuarantineAction = {
  name: 'list',
  async run(context) {
    const text = { type: 'string' } as const;
    const options = { ...API_FLAGS, pipeline: text, run: text, limit: text };
    const { values, positionals } = parseFlags(context.args, options);
    if (positionals[0] !== undefined) throw new UsageError(`'${positionals[0]}' is one name too many`);
    const query = new URLSearchParams();
    if (values.pipeline !== undefined) query.set('pipeline', values.pipeline);
    if (values.run !== undefined) query.set('runId', values.run);
    if (values.limit !== undefined) query.set('limit', values.limit);
    const api = apiClient(context, values.url);
    const answer = await api.request<{ batches: readonly ListedBatch[] }>('GET', `/quarantine?${query.toString()}`);
    context.out(values.json ? `${JSON.stringify(answer, null, 2)}\n` : renderBatches(answer.batches));
    return 0;
  },
};
