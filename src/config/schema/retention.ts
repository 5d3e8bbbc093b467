import { z } from 'zod';
import { durationMs } from '../../model/duration';
import { duration } from './common';

const atLeast = (least: string) =>
  duration.refine((text) => !/^\d{1,9}(ms|s|m|h|d)$/.test(text) || durationMs(text) >= durationMs(least), {
    message: `keep it for ${least} at least`,
  });

/** How long what a pipeline leaves is kept. Quarantined rows have `quarantine.retention`, generations `target.keepFor`. */
export const retention = z.strictObject({
  artifacts: atLeast('1d')
    .default('7d')
    .describe(
      'Work files of runs that have ended, and released rows that were loaded; a run in progress keeps its own.',
    ),
  checks: atLeast('30d').default('400d').describe('What checks said in each run.'),
  metrics: atLeast('30d')
    .default('400d')
    .describe('Metrics of published runs; the newest 100 are kept whatever their age, for anomaly checks.'),
  archive: z
    .strictObject({
      after: atLeast('1d').describe('Age at which quarantined rows are moved.'),
      tier: z
        .enum(['cool', 'cold', 'archive'])
        .describe(
          'Where to; archive only after the deadline of the review, since rows there cannot be read for hours.',
        ),
    })
    .optional()
    .describe('Moves quarantined rows that are still kept to a cheaper tier.'),
});

export type RetentionConfig = z.infer<typeof retention>;
