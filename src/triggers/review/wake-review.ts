import { ORCHESTRATORS } from '../../durable/contracts/names';
import { DECIDED_EVENT, type ReviewInput } from '../../durable/contracts/review';
import { durationMs } from '../../model/duration';
import { parseBatchId } from '../../model/quarantine-review';
import { instanceStatus, isUnderWay } from '../instance-status';
import { hashOf } from '../start-key';
import type { Orchestrations, TriggerServices } from '../trigger-services';

const DEFAULTS = { deadline: '14d', remindEvery: '1d', onDeadline: 'keep' } as const;

/** The instance id of a batch's review. */
export function reviewInstanceOf(batch: string): string {
  return `review-${hashOf(batch)}`;
}

/** Starts the review of a batch, or wakes it where it is under way already: what there is to do stands in the store. */
export async function wakeReview(
  { project, clock }: Pick<TriggerServices, 'project' | 'clock'>,
  client: Orchestrations,
  batch: string,
): Promise<void> {
  const instanceId = reviewInstanceOf(batch);
  if (isUnderWay(await instanceStatus(client, instanceId))) {
    await client.raiseEvent(instanceId, DECIDED_EVENT, {});
    return;
  }
  const pipeline = project.load().partial.pipelines[parseBatchId(batch)?.pipeline ?? ''];
  const { deadline, remindEvery, onDeadline } = pipeline?.quarantine.review ?? DEFAULTS;
  const now = clock.nowMs();
  const remindEveryMs = durationMs(remindEvery);
  const input: ReviewInput = {
    batch,
    deadlineAt: now + durationMs(deadline),
    remindEveryMs,
    remindAt: now + remindEveryMs,
    onDeadline,
  };
  await client.startNew(ORCHESTRATORS.review, { instanceId, input });
}
