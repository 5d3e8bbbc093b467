import { API_FLAGS, apiClient } from '../../api-client';
import { parseFlags } from '../../parse-flags';
import { pollUntil } from '../../poll-until';
import { plural } from '../../render/render-problems';
import { renderBatch, type DescribedBatch } from '../../render/render-quarantine';
import { UsageError } from '../../usage-error';
import { waitingText, type MaybeWaiting } from '../../waiting-approval';
import { batchAddress, type QuarantineAction } from './action';

/** `sluice quarantine release <batch>`: loads what is approved or to be retried, as a run of its own. */
export const release: QuarantineAction = {
  name: 'release',
  async run(context) {
    const flag = { type: 'boolean', default: false } as const;
    const options = { ...API_FLAGS, reason: { type: 'string' }, wait: flag, 'dry-run': flag } as const;
    const { values, positionals } = parseFlags(context.args, options);
    const [batch, tooMany] = positionals;
    if (tooMany !== undefined)
      throw new UsageError(`'${tooMany}' is one name too many: a release takes all decided rows`);
    const address = batchAddress(batch);
    const api = apiClient(context, values.url);
    const before = await api.request<DescribedBatch>('GET', address);
    const decided = before.counts.decided;
    if (values['dry-run']) {
      const told = `${plural(decided, 'row')} concerned: would be released.\nNothing was changed.\n`;
      context.out(values.json ? `${JSON.stringify(before, null, 2)}\n` : told);
      return 0;
    }
    if (decided === 0 && before.counts.releasing === 0) {
      const told = '0 rows concerned: nothing is decided. Approve or retry rows first.\n';
      context.out(values.json ? `${JSON.stringify(before, null, 2)}\n` : told);
      return 0;
    }
    const body = { reason: values.reason ?? '' };
    const asked = await api.request<DescribedBatch & MaybeWaiting>('POST', `${address}/release`, body);
    if (asked.approval !== undefined) {
      context.out(values.json ? `${JSON.stringify(asked, null, 2)}\n` : waitingText(asked.approval));
      return 0;
    }
    const after = values.wait
      ? await pollUntil(
          () => api.request<DescribedBatch>('GET', address),
          ({ review }) => review.requested === null,
        )
      : asked;
    if (values.json) context.out(`${JSON.stringify(after, null, 2)}\n`);
    else {
      context.out(`${plural(decided + before.counts.releasing, 'row')} concerned.\n${renderBatch(after)}`);
    }
    return after.review.failure === null ? 0 : 1;
  },
};
