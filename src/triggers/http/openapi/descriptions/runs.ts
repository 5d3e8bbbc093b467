import { z } from 'zod';
import type { RouteName } from '../../routes';
import { cancelBody } from '../../cancel-run';
import { runsQuery } from '../../read-runs';
import { rerunBody } from '../../rerun-run';
import { runsBody } from '../../start-runs';
import { undoBody } from '../../undo-run';
import type { RouteDescription } from '../route-description';
import { cancelled, checksOfRun, runInDetail, runsPage, started, startedAgain, undoAsked } from '../schemas/runs';

const RUN = 'run-bda83f232ed1c7eaf835b992';
const id = z.string().describe('The id of a run.');
export const START_HEADERS = {
  'Idempotency-Key': z.string().min(1).max(200).describe('The same key again is the same run, and starts nothing.'),
  'X-Correlation-Id': z
    .string()
    .regex(/^[\w.:-]{1,100}$/)
    .describe('Travels with the run.'),
};
export const LOOK_AT = { Location: 'Where to look at it.', 'Retry-After': 'Seconds until looking is worth while.' };
export const STARTED_EXAMPLE = {
  runId: RUN,
  status: 'Queued',
  alreadyStarted: false,
  links: { run: `/api/runs/${RUN}`, cancel: `/api/runs/${RUN}/cancel` },
};

/** Routes about runs. */
export const RUNS = {
  'api-start-runs': {
    tag: 'runs',
    summary: 'Start the master: all pipelines, or those named',
    detail:
      'Without `pipelines` all of them run, in the order of `dependsOn`. The answer comes as soon as the start is recorded; from then on the run takes place.',
    headers: START_HEADERS,
    body: runsBody,
    bodyExample: { pipelines: ['flights'], withDependencies: true, parameters: { day: '2001-01-01' }, maxParallel: 4 },
    answer: {
      status: 202,
      means: 'The start is recorded.',
      schema: started,
      headers: LOOK_AT,
      example: STARTED_EXAMPLE,
    },
    problems: [
      'unknown-pipeline',
      'invalid-parameters',
      'idempotency-key-reused',
      'pipeline-paused',
      'confirmation-required',
      'approval-required',
      'project-invalid',
      'request-too-large',
      'unsupported-media-type',
    ],
  },
  'api-list-runs': {
    tag: 'runs',
    summary: 'Runs, newest first',
    detail:
      '`links.next` is the next page. With a filter a page may be short, or empty, and have a next one all the same: one request looks at 500 runs at most.',
    query: runsQuery,
    answer: {
      means: 'A page of runs.',
      schema: runsPage,
      example: { runs: [], continuation: null, links: {} },
    },
  },
  'api-get-run': {
    tag: 'runs',
    summary: 'One run: pipelines, steps, counts, checks, failures',
    path: { id },
    answer: {
      means: 'The run as it is now.',
      schema: runInDetail,
      headers: { 'Retry-After': 'As long as it has not ended: seconds until looking again is worth while.' },
    },
    problems: ['run-not-found'],
  },
  'api-run-checks': {
    tag: 'runs',
    summary: 'What the checks of a run said',
    path: { id },
    answer: { means: 'Also while it is under way.', schema: checksOfRun },
    problems: ['run-not-found'],
  },
  'api-cancel-run': {
    tag: 'runs',
    summary: 'Cancel a run',
    detail:
      'Leaves an intent, on which the run ends through its own clean-up. With `force` its orchestrations are terminated at once: nothing is cleaned up, and a commit that is under way may still happen.',
    path: { id },
    body: cancelBody,
    bodyExample: { reason: 'wrong day', force: false },
    answer: { status: 202, means: 'The intent is recorded.', schema: cancelled, headers: LOOK_AT },
    problems: ['run-not-found', 'run-ended'],
  },
  'api-undo-run': {
    tag: 'runs',
    summary: 'Take back what a run published',
    detail: 'Its rows leave the targets, what they replaced is put back, and its pipelines are paused first.',
    path: { id },
    body: undoBody,
    bodyExample: { reason: 'the sender sent the file of last year' },
    answer: { status: 202, means: 'Recorded; `undo.end` says how it ended.', schema: undoAsked, headers: LOOK_AT },
    problems: ['run-not-found', 'undo-not-possible'],
  },
  'api-rerun-run': {
    tag: 'runs',
    summary: 'Start again what failed of a run',
    detail:
      'Its pipelines that failed, were skipped or cancelled, as a run of its own, with corrected parameters. What had been published is known to the ledger, and is not loaded twice.',
    path: { id },
    headers: START_HEADERS,
    body: rerunBody,
    bodyExample: { reason: 'the file was corrected', definition: 'present', parameters: { day: '2001-01-02' } },
    answer: { status: 202, means: 'The start is recorded.', schema: startedAgain, headers: LOOK_AT },
    problems: ['run-not-found', 'rerun-not-possible', 'invalid-parameters', 'pipeline-paused', 'project-invalid'],
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;
