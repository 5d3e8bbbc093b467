import { z } from 'zod';
import { failure, scalar, time } from './common';

const hash = z.string().describe('SHA-256 of the definition, in hex.');
const changes = z.strictObject({
  count: z.int().describe('All of them.'),
  differences: z
    .array(
      z.looseObject({
        path: z.string(),
        change: z.enum(['added', 'removed', 'changed']),
      }),
    )
    .describe('At most 200, with `before` and `after`.'),
});
const pin = z
  .strictObject({ hash, over: hash, by: z.string(), at: time, reason: z.string() })
  .meta({ id: 'DefinitionPin', description: 'Who wants another version than the deployed one, and why.' });
const why = z.enum(['deployed', 'activated', 'approved', 'waits-for-approval']);
const state = {
  deployed: hash,
  used: z.strictObject({ hash: hash.nullable(), why }).describe('What runs use.'),
  pin: pin.nullable(),
  isDeployed: z.boolean().describe('Whether the pipeline is still in the folder.'),
};
const version = z.strictObject({ hash, environment: z.string(), firstSeenAt: time, by: z.string() });

/** What `GET /api/pipelines` says of the version of each. */
export const versionOfPipeline = z.strictObject({
  deployed: hash,
  used: hash.nullable().describe('What runs use.'),
  why,
  pin: pin.nullable(),
});

export const versionsList = z.strictObject({
  pipeline: z.string(),
  environment: z.string(),
  ...state,
  versions: z.array(
    version
      .extend({ deployed: z.boolean(), used: z.boolean(), changes: changes.describe('Of the version before.') })
      .meta({ id: 'DefinitionVersion' }),
  ),
  history: z.array(
    z.strictObject({
      pipeline: z.string(),
      at: time,
      kind: z.enum(['deployed', 'approved', 'activated', 'followed']),
      hash,
      by: z.string(),
      reason: z.string(),
    }),
  ),
});
export const versionInDetail = version.extend({
  pipeline: z.string(),
  definition: z.looseObject({}).describe('With defaults; secrets are names.'),
  changes: changes.extend({ against: hash }).exactOptional(),
});

const approval = z
  .strictObject({
    approval: z.string(),
    state: z.enum(['waiting', 'approved', 'done', 'failed', 'rejected', 'expired', 'withdrawn']),
    summary: z.string(),
    action: z.looseObject({ kind: z.enum(['change', 'activation', 'undo', 'backfill', 'release']) }),
    environment: z.string(),
    requester: z.string(),
    requestedAt: time,
    deadlineAt: time,
    reason: z.string(),
    decision: z
      .strictObject({
        verdict: z.enum(['approved', 'rejected', 'expired', 'withdrawn']),
        by: z.string(),
        at: time,
        reason: z.string(),
      })
      .nullable(),
    end: z
      .strictObject({ at: time, result: z.record(z.string(), scalar), failure: failure.nullable() })
      .nullable()
      .describe('What came of it.'),
  })
  .meta({ id: 'Approval', description: 'What waits, or waited, for the word of somebody else.' });

export const approvalsList = z.strictObject({ approvals: z.array(approval) });
export const approvalInDetail = approval
  .extend({
    changes: z
      .array(changes.extend({ pipeline: z.string(), before: hash.nullable(), after: hash }))
      .exactOptional()
      .describe('Of definitions, while it waits.'),
  })
  .meta({ id: 'ApprovalInDetail' });
/** Where something waits for an approval, the answer in place of what would have been started. */
export const waitsForApproval = z
  .strictObject({ approval, links: z.strictObject({ approval: z.string(), decision: z.string() }) })
  .meta({ id: 'WaitsForApproval' });
export const activated = z.union([
  z.strictObject({ pipeline: z.string(), ...state, links: z.strictObject({ versions: z.string() }) }),
  waitsForApproval,
]);
