import { z } from 'zod';
import type { RouteName } from '../../routes';
import { approvalsQuery, decisionBody as approvalDecisionBody } from '../../approvals';
import { activateBody, versionQuery, versionsQuery } from '../../versions';
import type { RouteDescription } from '../route-description';
import {
  activated,
  approvalInDetail,
  approvalsList,
  versionInDetail,
  versionsList,
  waitsForApproval,
} from '../schemas/versions';
import { LOOK_AT } from './runs';

const name = z.string().describe('The name of a pipeline.');
const hash = z.string().describe('A hash, or its beginning: 6 characters or more.');
const id = z.string().describe('The id of an approval.');

/** Routes about versions of definitions, and approvals. */
export const VERSIONS = {
  'api-list-versions': {
    tag: 'versions',
    summary: 'What was ever deployed of a pipeline, and which version runs use',
    path: { name },
    query: versionsQuery,
    answer: { means: 'Versions, newest first, each with what it changed of the one before.', schema: versionsList },
    problems: ['unknown-pipeline'],
  },
  'api-get-version': {
    tag: 'versions',
    summary: 'One version, and what differs from another',
    path: { name, hash },
    query: versionQuery,
    answer: { means: 'The version with its definition.', schema: versionInDetail },
    problems: ['unknown-pipeline', 'definition-not-found'],
  },
  'api-activate-version': {
    tag: 'versions',
    summary: 'Use a version in place of the deployed one, or the deployed one again',
    detail:
      'With `deployed` as the hash, the deployed one. Until another one is deployed. Where changes wait for an approval the status is 202.',
    path: { name, hash },
    body: activateBody,
    bodyExample: { reason: 'too many rows are filtered', confirm: 'flights' },
    answer: { means: 'What runs use from now on, or the approval that it waits for.', schema: activated },
    problems: ['unknown-pipeline', 'definition-not-found', 'definition-not-usable', 'confirmation-required'],
  },
  'api-list-approvals': {
    tag: 'versions',
    summary: 'What waits for an approval, and what did',
    query: approvalsQuery,
    answer: { means: 'Newest first.', schema: approvalsList, example: { approvals: [] } },
  },
  'api-get-approval': {
    tag: 'versions',
    summary: 'One approval, with what it would change',
    path: { id },
    answer: { means: 'How it stands.', schema: approvalInDetail },
    problems: ['approval-not-found'],
  },
  'api-decide-approval': {
    tag: 'versions',
    summary: 'Approve, reject or withdraw',
    detail:
      'To approve and to reject take the role `approver`, and approving somebody else than who asked. The first decision stands.',
    path: { id },
    body: approvalDecisionBody,
    bodyExample: { decision: 'approve', reason: 'looked at with the team' },
    answer: { status: 202, means: 'It is decided.', schema: waitsForApproval, headers: LOOK_AT },
    problems: ['approval-not-found', 'approval-decided', 'approval-own'],
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;
