import { z } from 'zod';
import { duration } from './common';

/** What people may be asked to confirm: see `GuardedAction`. */
const action = z.enum(['replace', 'undo', 'backfill', 'force', 'activate']);
const matter = z.enum(['change', 'undo', 'backfill', 'release']);

/** What an environment asks of people before they do what is hard to take back. */
export const guards = z.strictObject({
  confirm: z
    .array(action)
    .default([])
    .describe(
      'What needs the name of its pipeline or run once more, as confirm: replace runs, undo, backfill, force, activate.',
    ),
  role: z
    .enum(['operator', 'approver', 'admin'])
    .default('operator')
    .describe('The least role that may do what confirm names, where callers have roles.'),
  approval: z
    .strictObject({
      for: z
        .array(matter)
        .min(1)
        .describe(
          'What waits for somebody else: change (of a definition, deployed or activated), undo, backfill, release.',
        ),
      deadline: duration.default('2d').describe('How long it waits before it has expired.'),
      releaseRows: z
        .int()
        .min(0)
        .default(1000)
        .describe('A release of quarantined rows waits when it has more rows than this.'),
    })
    .optional()
    .describe('What waits for the approval of somebody else.'),
});

export type Guards = z.infer<typeof guards>;
/** What may be asked to be confirmed. */
export type GuardedAction = z.infer<typeof action>;
/** What may have to wait for an approval. */
export type ApprovalMatter = z.infer<typeof matter>;

/** Of an environment that asks for nothing. */
export const NO_GUARDS: Guards = guards.parse({});
