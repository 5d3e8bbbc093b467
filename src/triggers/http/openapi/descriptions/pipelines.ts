import { z } from 'zod';
import type { RouteName } from '../../routes';
import { pauseBody, resumeBody } from '../../pause-pipeline';
import { checksQuery } from '../../read-checks';
import { schemaQuery } from '../../read-schema';
import { pipelineBody } from '../../start-runs';
import type { RouteDescription } from '../route-description';
import {
  checksOfPipeline,
  pausedAll,
  resumedAll,
  pausedPipeline,
  pipelinesList,
  pipelineWithDefinition,
  resumedPipeline,
  schemasOfPipeline,
} from '../schemas/pipelines';
import { started } from '../schemas/runs';
import { LOOK_AT, START_HEADERS, STARTED_EXAMPLE } from './runs';

const path = { name: z.string().describe('The name of a pipeline.') };

/** Routes about pipelines. */
export const PIPELINES = {
  'api-list-pipelines': {
    tag: 'pipelines',
    summary: 'What is deployed, what is wrong with it, how far it has loaded',
    answer: {
      means: '`problems` are those that `npx sluice validate` prints.',
      schema: pipelinesList,
      example: { environment: 'prod', paused: null, pipelines: [], problems: [] },
    },
  },
  'api-get-pipeline': {
    tag: 'pipelines',
    summary: 'One pipeline with its whole definition',
    path,
    answer: { means: 'Defaults filled in, overlay applied.', schema: pipelineWithDefinition },
    problems: ['unknown-pipeline'],
  },
  'api-start-pipeline-run': {
    tag: 'pipelines',
    summary: 'Start one pipeline',
    path,
    headers: START_HEADERS,
    body: pipelineBody,
    bodyExample: { parameters: { day: '2001-01-01' } },
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
  'api-pipeline-checks': {
    tag: 'pipelines',
    summary: 'What its checks said, by run and as series',
    path,
    query: checksQuery,
    answer: { means: 'Newest first.', schema: checksOfPipeline },
    problems: ['unknown-pipeline'],
  },
  'api-get-schema': {
    tag: 'pipelines',
    summary: 'The columns of source and target over time',
    path,
    query: schemaQuery,
    answer: { means: 'Versions, newest first.', schema: schemasOfPipeline },
    problems: ['unknown-pipeline'],
  },
  'api-pause-pipeline': {
    tag: 'pipelines',
    summary: 'Pause a pipeline',
    detail: 'Runs that schedules, files or a start of several pipelines bring skip it from now on, with this reason.',
    path,
    body: pauseBody,
    bodyExample: { reason: 'the source is being moved' },
    answer: { means: 'It is paused.', schema: pausedPipeline },
    problems: ['unknown-pipeline'],
  },
  'api-resume-pipeline': {
    tag: 'pipelines',
    summary: 'End the pause of a pipeline',
    path,
    body: resumeBody,
    bodyExample: { reason: 'moved' },
    answer: { means: 'It is not paused; `wasPaused` says what was.', schema: resumedPipeline },
    problems: ['unknown-pipeline'],
  },
  'api-pause-all': {
    tag: 'pipelines',
    summary: 'Pause all pipelines',
    detail: 'Nothing starts a pipeline until all are resumed. Runs under way go on.',
    body: pauseBody,
    bodyExample: { reason: 'the warehouse is being moved' },
    answer: { means: 'All are paused.', schema: pausedAll },
  },
  'api-resume-all': {
    tag: 'pipelines',
    summary: 'End the pause of all pipelines',
    body: resumeBody,
    bodyExample: { reason: 'moved' },
    answer: { means: 'Those with a pause of their own stay paused.', schema: resumedAll },
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;
