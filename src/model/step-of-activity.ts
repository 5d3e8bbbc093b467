import type { Step } from './status';

/** The step of a pipeline that an activity belongs to; what is not here belongs to the pipeline or the run as a whole. */
export const STEP_OF_ACTIVITY: Readonly<Record<string, Step>> = {
  'plan-pipeline': 'plan',
  'extract-partition': 'extract',
  'transform-partition': 'transform',
  'validate-pipeline': 'validate',
  'stage-partition': 'stage',
  publish: 'publish',
  'advance-watermark': 'advance-watermark',
};
