import { z } from 'zod';
import type { RouteName } from '../../routes';
import { quarantineQuery } from '../../read-project';
import { decisionBody, editBody, releaseBody, rowsQuery } from '../../review-quarantine';
import type { RouteDescription } from '../route-description';
import {
  batchesList,
  batchId,
  batchInDetail,
  releaseAsked,
  rowEdited,
  rowInDetail,
  rowsDecided,
  rowsPage,
} from '../schemas/quarantine';

const batch = batchId;
const row = z.string().describe('<file>-<number>');

/** Routes about quarantined rows. */
export const QUARANTINE = {
  'api-list-quarantine': {
    tag: 'quarantine',
    summary: 'Batches of quarantined rows, newest first',
    query: quarantineQuery,
    answer: { means: 'The batches.', schema: batchesList, example: { batches: [] } },
  },
  'api-get-quarantine': {
    tag: 'quarantine',
    summary: 'A batch: how many rows stand where',
    path: { batch },
    answer: { means: 'The batch.', schema: batchInDetail },
    problems: ['quarantine-not-found'],
  },
  'api-list-quarantined-rows': {
    tag: 'quarantine',
    summary: 'Rows of a batch with their values, reasons and decisions',
    path: { batch },
    query: rowsQuery,
    answer: { means: 'A page of rows. Values are texts, so that large numbers stay exact.', schema: rowsPage },
    problems: ['quarantine-not-found'],
  },
  'api-get-quarantined-row': {
    tag: 'quarantine',
    summary: 'One row and its history',
    path: { batch, row },
    answer: { means: 'The row, with every edit and decision.', schema: rowInDetail },
    problems: ['quarantine-not-found'],
  },
  'api-edit-quarantined-row': {
    tag: 'quarantine',
    summary: 'Edit a row',
    detail: 'New values for source columns, as text; null makes a value null. A decision must be taken again.',
    path: { batch, row },
    body: editBody,
    bodyExample: { values: { amount: '14', note: null }, reason: 'the sender said so' },
    answer: { means: 'The row as it stands now.', schema: rowEdited },
    problems: ['quarantine-not-found', 'review-refused'],
  },
  'api-decide-quarantined': {
    tag: 'quarantine',
    summary: 'Approve, retry or discard rows',
    detail: 'Name the rows, or give a filter. With `dryRun` the answer counts what would become of them.',
    path: { batch },
    body: decisionBody,
    bodyExample: { decision: 'approve', reason: 'a real sale', rows: ['0-11'] },
    answer: {
      means: 'What became of the rows.',
      schema: rowsDecided,
      example: {
        batch: 'run-1.orders.transform.0.0',
        decision: 'approve',
        decided: 1,
        locked: 0,
        unreadable: 0,
        changed: 0,
      },
    },
    problems: ['quarantine-not-found', 'review-refused', 'originals-gone'],
  },
  'api-release-quarantined': {
    tag: 'quarantine',
    summary: 'Load what was decided',
    detail: 'In a run of its own, each row once however often this is asked.',
    path: { batch },
    body: releaseBody,
    bodyExample: { reason: 'review of Monday' },
    answer: { status: 202, means: 'The release is asked for, or waits for an approval.', schema: releaseAsked },
    problems: ['quarantine-not-found', 'review-refused', 'originals-gone'],
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;
