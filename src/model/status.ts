/** States of a run, a pipeline in a run, or a step. */
export type Status = 'Queued' | 'InProgress' | 'Succeeded' | 'Failed' | 'Cancelled' | 'Skipped';

/** Whether nothing more will happen. */
export function isEnded(status: Status): boolean {
  return status !== 'Queued' && status !== 'InProgress';
}

/** The steps of a pipeline, in the order of the road of the data. */
export const STEPS = ['plan', 'extract', 'transform', 'validate', 'stage', 'publish', 'advance-watermark'] as const;
export type Step = (typeof STEPS)[number];
