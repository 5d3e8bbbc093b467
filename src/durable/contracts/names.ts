/**
 * Names of every durable function. A name is part of the histories of runs under way: never change one, add another.
 * Start-up asserts that each is registered, because a call to an unregistered activity hangs for ever.
 */
export const ORCHESTRATORS = {
  master: 'master',
  pipeline: 'pipeline',
  ingestion: 'ingestion',
  processing: 'processing',
  delivery: 'delivery',
  window: 'window',
  maintenance: 'maintenance',
  review: 'review',
  backfill: 'backfill',
  undo: 'undo',
  monitoring: 'monitoring',
  approval: 'approval',
  escalation: 'escalation',
} as const;

export const ACTIVITIES = {
  recordRun: 'record-run',
  planPipeline: 'plan-pipeline',
  snapshotReferences: 'snapshot-references',
  extractPartition: 'extract-partition',
  transformPartition: 'transform-partition',
  validatePipeline: 'validate-pipeline',
  stagePartition: 'stage-partition',
  sealStep: 'seal-step',
  publish: 'publish',
  advanceWatermark: 'advance-watermark',
  discardStaging: 'discard-staging',
  checkCancel: 'check-cancel',
  checkRunWindow: 'check-run-window',
  reviewBatch: 'review-batch',
  settleRelease: 'settle-release',
  remindReview: 'remind-review',
  closeReview: 'close-review',
  closeOrphanedRuns: 'close-orphaned-runs',
  dropStaleStaging: 'drop-stale-staging',
  sweepArtifacts: 'sweep-artifacts',
  pruneHistories: 'prune-histories',
  purgeHistories: 'purge-histories',
  startBackfillWindows: 'start-backfill-windows',
  endBackfill: 'end-backfill',
  undoLoad: 'undo-load',
  endUndo: 'end-undo',
  scanRuns: 'scan-runs',
  evaluateSlas: 'evaluate-slas',
  settleApproval: 'settle-approval',
  watchHealth: 'watch-health',
  dispatchAlerts: 'dispatch-alerts',
  readAlertGroup: 'read-alert-group',
  sendAlert: 'send-alert',
  channelFailed: 'channel-failed',
  actOnAlerts: 'act-on-alerts',
  closeAlertGroup: 'close-alert-group',
} as const;

export const ENTITIES = {
  circuitBreaker: 'circuit-breaker',
  pipelineLease: 'pipeline-lease',
  connectionSlots: 'connection-slots',
  slotPool: 'slot-pool',
} as const;

export type ActivityName = (typeof ACTIVITIES)[keyof typeof ACTIVITIES];
export type OrchestratorName = (typeof ORCHESTRATORS)[keyof typeof ORCHESTRATORS];
export type EntityName = (typeof ENTITIES)[keyof typeof ENTITIES];
