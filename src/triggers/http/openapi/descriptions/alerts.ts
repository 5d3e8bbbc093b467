import { z } from 'zod';
import type { RouteName } from '../../routes';
import { acknowledgeBody, alertsQuery, resolveBody } from '../../alerts';
import { slaQuery } from '../../slas';
import type { RouteDescription } from '../route-description';
import { alertInDetail, alertInState, alertsList, channelTested } from '../schemas/alerts';
import { slaOfPipeline, slasList } from '../schemas/slas';

const path = { id: z.string().describe('The id of an alert.') };
const token = { token: z.string().describe('What a message gave.') };
const PAGE = 'text/html; charset=utf-8';

/** Routes about alerts and service levels. */
export const ALERTS = {
  'api-list-alerts': {
    tag: 'alerts',
    summary: 'Alerts, newest first',
    query: alertsQuery,
    answer: { means: 'A page of them.', schema: alertsList, example: { alerts: [], continuation: null, links: {} } },
  },
  'api-get-alert': {
    tag: 'alerts',
    summary: 'One alert with its timeline',
    path,
    answer: { means: 'What happened to it, and every message about it.', schema: alertInDetail },
    problems: ['alert-not-found'],
  },
  'api-acknowledge-alert': {
    tag: 'alerts',
    summary: 'Take an alert up: nobody further is told',
    path,
    body: acknowledgeBody,
    bodyExample: { note: 'looking at it' },
    answer: { means: 'The alert; the first acknowledgement stands.', schema: alertInState },
    problems: ['alert-not-found', 'alert-resolved'],
  },
  'api-resolve-alert': {
    tag: 'alerts',
    summary: 'Say that an alert is over',
    path,
    body: resolveBody,
    bodyExample: { reason: 'the source was mended' },
    answer: { means: 'The alert.', schema: alertInState },
    problems: ['alert-not-found'],
  },
  'api-test-alert-channel': {
    tag: 'alerts',
    summary: 'Send a test message to a channel',
    path: { channel: z.string().describe('The name of a channel of alerts.yaml.') },
    answer: { means: 'It was sent.', schema: channelTested },
    problems: ['unknown-channel', 'alert-not-sent', 'secret-not-found'],
  },
  'api-show-alert-link': {
    tag: 'alerts',
    summary: 'The page behind the link of a message',
    detail: 'Changes nothing: programs that scan mail follow links.',
    path: token,
    answer: { means: 'A page that asks.', contentType: PAGE },
  },
  'api-use-alert-link': {
    tag: 'alerts',
    summary: 'Acknowledge by the link of a message, once',
    path: token,
    answer: { means: 'A page that says so.', contentType: PAGE },
  },
  'api-list-slas': {
    tag: 'alerts',
    summary: 'What pipelines promise, and how they stand',
    answer: { means: 'The pipelines with `sla`.', schema: slasList, example: { slas: [] } },
  },
  'api-pipeline-sla': {
    tag: 'alerts',
    summary: 'The due times of a pipeline, for a calendar',
    detail: 'Newest first. Also of a pipeline that has been taken away.',
    path: { name: z.string().describe('The name of a pipeline.') },
    query: slaQuery,
    answer: { means: 'Verdicts on due times, and how it stands.', schema: slaOfPipeline },
    problems: ['unknown-pipeline'],
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;
