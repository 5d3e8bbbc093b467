import * as df from 'durable-functions';
import type { MaintenanceInput, MaintenanceReport } from './contracts/activities';
import { ACTIVITIES, type ActivityName, type EntityName, type OrchestratorName } from './contracts/names';
import type { ActivityServices } from './activities/activity-services';
import { advanceWatermark } from './activities/advance-watermark.activity';
import { checkCancel } from './activities/check-cancel.activity';
import { checkRunWindow } from './activities/check-run-window.activity';
import { closeOrphanedRuns } from './activities/close-orphaned-runs.activity';
import { runActivity, type DefinedActivity } from './activities/define-activity';
import { discardStaging } from './activities/discard-staging.activity';
import { dropStaleStaging } from './activities/drop-stale-staging.activity';
import { endBackfill } from './activities/end-backfill.activity';
import { endUndo } from './activities/end-undo.activity';
import { undoLoad } from './activities/undo-load.activity';
import { undoOrchestrator } from './orchestrators/undo.orchestrator';
import { extractPartition } from './activities/extract-partition.activity';
import { actOnAlerts } from './activities/alerts/act-on-alerts';
import { channelFailed } from './activities/alerts/channel-failed';
import { closeAlertGroup } from './activities/alerts/close-alert-group';
import { dispatchAlerts } from './activities/alerts/dispatch-alerts';
import { readAlertGroup } from './activities/alerts/read-alert-group';
import { sendAlert } from './activities/alerts/send-alert';
import { watchHealth } from './activities/monitoring/watch-health';
import { evaluateSlas } from './activities/monitoring/evaluate-slas';
import { scanRuns } from './activities/monitoring/scan-runs';
import type { WatchingClient } from './activities/monitoring/watching-client';
import { maintenanceClient, type MaintenanceClient } from './activities/maintenance-client';
import { planPipeline } from './activities/plan-pipeline.activity';
import { publish } from './activities/publish.activity';
import { pruneHistories } from './activities/prune-histories.activity';
import { purgeHistories } from './activities/purge-histories.activity';
import { recordRun } from './activities/record-run.activity';
import { sealStep } from './activities/seal-step.activity';
import { snapshotReferences } from './activities/snapshot-references.activity';
import { stagePartition } from './activities/stage-partition.activity';
import { startBackfillWindows } from './activities/start-backfill-windows.activity';
import { sweepArtifacts } from './activities/sweep-artifacts.activity';
import { transformPartition } from './activities/transform-partition.activity';
import { validatePipeline } from './activities/validate-pipeline.activity';
import { settleApproval } from './activities/approvals/settle-approval';
import { closeReview } from './activities/review/close-review';
import { remindReview } from './activities/review/remind-review';
import { reviewBatch } from './activities/review/review-batch';
import type { ReviewClient } from './activities/review/review-client';
import { settleRelease } from './activities/review/settle-release';
import { circuitBreakerEntity } from './entities/circuit-breaker.entity';
import { connectionSlotsEntity } from './entities/connection-slots.entity';
import { pipelineLeaseEntity } from './entities/pipeline-lease.entity';
import { approvalOrchestrator } from './orchestrators/approval.orchestrator';
import { escalationOrchestrator } from './orchestrators/escalation.orchestrator';
import { backfillOrchestrator } from './orchestrators/backfill.orchestrator';
import { deliveryOrchestrator } from './orchestrators/delivery.orchestrator';
import { ingestionOrchestrator } from './orchestrators/ingestion.orchestrator';
import { maintenanceOrchestrator } from './orchestrators/maintenance.orchestrator';
import { masterOrchestrator } from './orchestrators/master.orchestrator';
import { monitoringOrchestrator } from './orchestrators/monitoring.orchestrator';
import { pipelineOrchestrator } from './orchestrators/pipeline.orchestrator';
import { processingOrchestrator } from './orchestrators/processing.orchestrator';
import { reviewOrchestrator } from './orchestrators/review.orchestrator';
import { windowOrchestrator } from './orchestrators/window.orchestrator';

/** The activities of runs. */
const RUN_ACTIVITIES: readonly DefinedActivity[] = [
  recordRun,
  planPipeline,
  snapshotReferences,
  extractPartition,
  transformPartition,
  validatePipeline,
  stagePartition,
  sealStep,
  publish,
  advanceWatermark,
  discardStaging,
  checkCancel,
  checkRunWindow,
  startBackfillWindows,
  endBackfill,
  undoLoad,
  endUndo,
  readAlertGroup,
  channelFailed,
  closeAlertGroup,
];

type Housekeeping = (
  services: ActivityServices,
  client: MaintenanceClient,
  input: MaintenanceInput,
) => Promise<MaintenanceReport>;

/** The activities of maintenance, which ask the durable client. */
const HOUSEKEEPING: Readonly<Partial<Record<ActivityName, Housekeeping>>> = {
  [ACTIVITIES.closeOrphanedRuns]: closeOrphanedRuns,
  [ACTIVITIES.dropStaleStaging]: (services, _, input) => dropStaleStaging(services, input),
  [ACTIVITIES.sweepArtifacts]: (services, _, input) => sweepArtifacts(services, input),
  [ACTIVITIES.pruneHistories]: (services, _, input) => pruneHistories(services, input),
  [ACTIVITIES.purgeHistories]: (_, client, input) => purgeHistories(client, input),
};

type Watching = (services: ActivityServices, client: WatchingClient, input: never) => Promise<unknown>;

/** The activities of monitoring and of alerts that ask the durable client. */
const WATCHING: Readonly<Partial<Record<ActivityName, Watching>>> = {
  [ACTIVITIES.scanRuns]: scanRuns,
  [ACTIVITIES.evaluateSlas]: evaluateSlas,
  [ACTIVITIES.watchHealth]: watchHealth,
  [ACTIVITIES.dispatchAlerts]: dispatchAlerts,
  [ACTIVITIES.sendAlert]: sendAlert,
  [ACTIVITIES.actOnAlerts]: actOnAlerts,
};

type Reviewing = (services: ActivityServices, client: ReviewClient, input: never) => Promise<unknown>;

/** The activities of reviews and approvals, some of which start something. */
const REVIEWING: Readonly<Partial<Record<ActivityName, Reviewing>>> = {
  [ACTIVITIES.reviewBatch]: reviewBatch,
  [ACTIVITIES.settleRelease]: settleRelease,
  [ACTIVITIES.remindReview]: remindReview,
  [ACTIVITIES.closeReview]: closeReview,
  [ACTIVITIES.settleApproval]: settleApproval,
};

/** By name, so that leaving one out does not compile. */
const ORCHESTRATIONS: Readonly<Record<OrchestratorName, df.OrchestrationHandler>> = {
  master: masterOrchestrator,
  pipeline: pipelineOrchestrator,
  ingestion: ingestionOrchestrator,
  processing: processingOrchestrator,
  delivery: deliveryOrchestrator,
  window: windowOrchestrator,
  maintenance: maintenanceOrchestrator,
  review: reviewOrchestrator,
  backfill: backfillOrchestrator,
  undo: undoOrchestrator,
  monitoring: monitoringOrchestrator,
  approval: approvalOrchestrator,
  escalation: escalationOrchestrator,
};

const ENTITY_HANDLERS: Readonly<Record<EntityName, (name: string) => void>> = {
  'circuit-breaker': (name) => df.app.entity(name, circuitBreakerEntity),
  'pipeline-lease': (name) => df.app.entity(name, pipelineLeaseEntity),
  'connection-slots': (name) => df.app.entity(name, connectionSlotsEntity),
  'slot-pool': (name) => df.app.entity(name, connectionSlotsEntity),
};

/**
 * Registers every durable function of the contracts.
 * @throws where an activity of the contracts is left out: a call to it would hang for ever.
 */
export function registerDurable(services: ActivityServices): void {
  for (const [name, orchestrator] of Object.entries(ORCHESTRATIONS)) df.app.orchestration(name, orchestrator);
  for (const [name, register] of Object.entries(ENTITY_HANDLERS)) register(name);

  const registered = new Set<string>();
  for (const { name, handler } of RUN_ACTIVITIES) {
    registered.add(name);
    df.app.activity(name, { handler: (input: unknown) => handler(services)(input) });
  }
  for (const [name, run] of Object.entries(HOUSEKEEPING) as [ActivityName, Housekeeping][]) {
    registered.add(name);
    df.app.activity(name, {
      extraInputs: [df.input.durableClient()],
      handler: (input: MaintenanceInput, context) =>
        runActivity(services, name, input, () => run(services, maintenanceClient(df.getClient(context)), input)),
    });
  }
  for (const [name, run] of Object.entries({ ...REVIEWING, ...WATCHING }) as [ActivityName, Reviewing][]) {
    registered.add(name);
    df.app.activity(name, {
      extraInputs: [df.input.durableClient()],
      handler: (input: unknown, context) =>
        runActivity(services, name, input, () => run(services, df.getClient(context), input as never)),
    });
  }
  const missing = Object.values(ACTIVITIES).filter((name) => !registered.has(name));
  if (missing.length > 0) throw new Error(`No activity is registered for ${missing.join(', ')}.`);
}
