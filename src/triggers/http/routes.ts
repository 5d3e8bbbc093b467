import { listAudit, listAuditDays, verification } from './audit';
import type { HttpRoute } from './http-route';
import { getSchema } from './read-schema';
import { undoRun } from './undo-run';
import { acknowledge, getAlert, listAlerts, resolve, testAlertChannel } from './alerts';
import { showAlertLink, useAlertLink } from './alert-link';
import { cancelBackfill, getBackfill, listBackfills, startPipelineBackfill } from './backfills';
import { cancelRun } from './cancel-run';
import { listCostFindings, listCosts, runCost } from './costs';
import { describeApi, describeApiAsPage } from './describe-api';
import type { Route } from './handle';
import { decideApproval, getApproval, listApprovals } from './approvals';
import { activate, getVersion, listVersions } from './versions';
import { health } from './health';
import { healthDetails } from './health-details';
import { listSlots } from './list-slots';
import { getMaintenance, startMaintenanceNow } from './maintenance';
import { pipelineChecks, runChecks } from './read-checks';
import { pauseAll, pausePipeline, resumeAll, resumePipeline } from './pause-pipeline';
import { getPipeline, listBreakers, listPipelines, listQuarantine } from './read-project';
import { decide, getBatch, getRow, listRows, patchRow, releaseBatch } from './review-quarantine';
import { readRunbook } from './read-runbook';
import { getRun, listRuns } from './read-runs';
import { listSlas, pipelineSla } from './slas';
import { rerunRun } from './rerun-run';
import { serveDashboard, serveDashboardAsset } from './serve-dashboard';
import { startPipelineRun, startRuns } from './start-runs';
import { testConnection } from './test-connection';
import { whoAmI } from './who-am-i';

/** A pipeline that the address names, and not the body, is not found. */
const IN_ADDRESS = { 'unknown-pipeline': 404, 'unknown-connection': 404 };

const openApi: Route = describeApi(() => ROUTES);
const openApiPage: Route = describeApiAsPage(() => ROUTES);

const NAMED_ROUTES = [
  { name: 'api-start-runs', role: 'operator', method: 'POST', route: 'runs', does: startRuns },
  { name: 'api-list-runs', role: 'reader', method: 'GET', route: 'runs', does: listRuns },
  { name: 'api-get-run', role: 'reader', method: 'GET', route: 'runs/{id}', does: getRun },
  { name: 'api-run-checks', role: 'reader', method: 'GET', route: 'runs/{id}/checks', does: runChecks },
  { name: 'api-run-cost', role: 'reader', method: 'GET', route: 'runs/{id}/cost', does: runCost },
  { name: 'api-cost-findings', role: 'reader', method: 'GET', route: 'costs/findings', does: listCostFindings },
  { name: 'api-list-costs', role: 'reader', method: 'GET', route: 'costs', does: listCosts },
  { name: 'api-cancel-run', role: 'operator', method: 'POST', route: 'runs/{id}/cancel', does: cancelRun },
  { name: 'api-list-pipelines', role: 'reader', method: 'GET', route: 'pipelines', does: listPipelines },
  {
    name: 'api-get-pipeline',
    role: 'reader',
    method: 'GET',
    route: 'pipelines/{name}',
    does: getPipeline,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-start-pipeline-run',
    role: 'operator',
    method: 'POST',
    route: 'pipelines/{name}/runs',
    does: startPipelineRun,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-test-connection',
    role: 'operator',
    method: 'POST',
    route: 'connections/{name}/test',
    does: testConnection,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-pipeline-checks',
    role: 'reader',
    method: 'GET',
    route: 'pipelines/{name}/checks',
    does: pipelineChecks,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-pause-pipeline',
    role: 'operator',
    method: 'POST',
    route: 'pipelines/{name}/pause',
    does: pausePipeline,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-resume-pipeline',
    role: 'operator',
    method: 'POST',
    route: 'pipelines/{name}/resume',
    does: resumePipeline,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-list-versions',
    role: 'reader',
    method: 'GET',
    route: 'pipelines/{name}/versions',
    does: listVersions,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-get-version',
    role: 'reader',
    method: 'GET',
    route: 'pipelines/{name}/versions/{hash}',
    does: getVersion,
    statuses: IN_ADDRESS,
  },
  {
    name: 'api-activate-version',
    role: 'operator',
    method: 'POST',
    route: 'pipelines/{name}/versions/{hash}/activate',
    does: activate,
    statuses: IN_ADDRESS,
  },
  { name: 'api-list-approvals', role: 'reader', method: 'GET', route: 'approvals', does: listApprovals },
  { name: 'api-get-approval', role: 'reader', method: 'GET', route: 'approvals/{id}', does: getApproval },
  {
    name: 'api-decide-approval',
    role: 'operator',
    method: 'POST',
    route: 'approvals/{id}/decision',
    does: decideApproval,
  },
  { name: 'api-pause-all', role: 'operator', method: 'POST', route: 'pause', does: pauseAll },
  { name: 'api-resume-all', role: 'operator', method: 'POST', route: 'resume', does: resumeAll },
  {
    name: 'api-start-backfill',
    role: 'operator',
    method: 'POST',
    route: 'pipelines/{name}/backfills',
    does: startPipelineBackfill,
    statuses: IN_ADDRESS,
  },
  { name: 'api-undo-run', role: 'operator', method: 'POST', route: 'runs/{id}/undo', does: undoRun },
  { name: 'api-get-schema', role: 'reader', method: 'GET', route: 'pipelines/{name}/schema', does: getSchema },
  { name: 'api-list-backfills', role: 'reader', method: 'GET', route: 'backfills', does: listBackfills },
  { name: 'api-get-backfill', role: 'reader', method: 'GET', route: 'backfills/{id}', does: getBackfill },
  {
    name: 'api-cancel-backfill',
    role: 'operator',
    method: 'POST',
    route: 'backfills/{id}/cancel',
    does: cancelBackfill,
  },
  { name: 'api-start-maintenance', role: 'admin', method: 'POST', route: 'maintenance', does: startMaintenanceNow },
  { name: 'api-get-maintenance', role: 'reader', method: 'GET', route: 'maintenance/{id}', does: getMaintenance },
  { name: 'api-list-slots', role: 'reader', method: 'GET', route: 'slots', does: listSlots },
  { name: 'api-list-breakers', role: 'reader', method: 'GET', route: 'breakers', does: listBreakers },
  { name: 'api-list-quarantine', role: 'reader', method: 'GET', route: 'quarantine', does: listQuarantine },
  { name: 'api-get-quarantine', role: 'reader', method: 'GET', route: 'quarantine/{batch}', does: getBatch },
  {
    name: 'api-list-quarantined-rows',
    // Values of rows, which a reader of runs need not see.
    role: 'operator',
    method: 'GET',
    route: 'quarantine/{batch}/rows',
    does: listRows,
  },
  {
    name: 'api-get-quarantined-row',
    role: 'operator',
    method: 'GET',
    route: 'quarantine/{batch}/rows/{row}',
    does: getRow,
  },
  {
    name: 'api-edit-quarantined-row',
    role: 'approver',
    method: 'PATCH',
    route: 'quarantine/{batch}/rows/{row}',
    does: patchRow,
  },
  {
    name: 'api-decide-quarantined',
    role: 'approver',
    method: 'POST',
    route: 'quarantine/{batch}/decisions',
    does: decide,
  },
  {
    name: 'api-release-quarantined',
    role: 'approver',
    method: 'POST',
    route: 'quarantine/{batch}/release',
    does: releaseBatch,
  },
  { name: 'api-list-alerts', role: 'reader', method: 'GET', route: 'alerts', does: listAlerts },
  { name: 'api-get-alert', role: 'reader', method: 'GET', route: 'alerts/{id}', does: getAlert },
  {
    name: 'api-acknowledge-alert',
    role: 'operator',
    method: 'POST',
    route: 'alerts/{id}/acknowledge',
    does: acknowledge,
  },
  { name: 'api-resolve-alert', role: 'operator', method: 'POST', route: 'alerts/{id}/resolve', does: resolve },
  {
    name: 'api-test-alert-channel',
    role: 'operator',
    method: 'POST',
    route: 'alerts/test/{channel}',
    does: testAlertChannel,
    statuses: { 'unknown-channel': 404, 'alert-not-sent': 502 },
  },
  // Whoever has the token may: it is signed, expires, and is used once.
  { name: 'api-show-alert-link', role: null, method: 'GET', route: 'alert-links/{token}', does: showAlertLink },
  { name: 'api-use-alert-link', role: null, method: 'POST', route: 'alert-links/{token}', does: useAlertLink },
  { name: 'api-list-slas', role: 'reader', method: 'GET', route: 'slas', does: listSlas },
  {
    name: 'api-pipeline-sla',
    role: 'reader',
    method: 'GET',
    route: 'pipelines/{name}/sla',
    does: pipelineSla,
    statuses: IN_ADDRESS,
  },
  { name: 'api-list-audit', role: 'admin', method: 'GET', route: 'audit', does: listAudit },
  { name: 'api-audit-days', role: 'admin', method: 'GET', route: 'audit/days', does: listAuditDays },
  { name: 'api-audit-verification', role: 'admin', method: 'GET', route: 'audit/verification', does: verification },
  { name: 'api-health-details', role: 'operator', method: 'GET', route: 'health/details', does: healthDetails },
  { name: 'api-health', role: null, method: 'GET', route: 'health', does: health },
  { name: 'api-rerun-run', role: 'operator', method: 'POST', route: 'runs/{id}/rerun', does: rerunRun },
  { name: 'api-me', role: 'reader', method: 'GET', route: 'me', does: whoAmI },
  { name: 'api-runbook', role: 'reader', method: 'GET', route: 'runbooks/{code}', does: readRunbook },
  { name: 'api-dashboard', role: null, method: 'GET', route: 'dashboard', does: serveDashboard },
  {
    name: 'api-dashboard-asset',
    role: null,
    method: 'GET',
    route: 'dashboard/assets/{file}',
    does: serveDashboardAsset,
  },
  { name: 'api-openapi', role: null, method: 'GET', route: 'openapi.json', does: openApi },
  { name: 'api-docs', role: null, method: 'GET', route: 'docs', does: openApiPage },
] as const satisfies readonly HttpRoute[];

/** The HTTP API; docs/api.md describes each, and so does `openapi/descriptions.ts`. */
export const ROUTES: readonly HttpRoute[] = NAMED_ROUTES;

/** The names of the routes. A description of each is asked for by type. */
export type RouteName = (typeof NAMED_ROUTES)[number]['name'];
