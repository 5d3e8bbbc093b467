import { blobServiceClient, tableClient } from '../platform/storage-clients';
import { TableAlertGroupStore } from './alert-group-store';
import { TableAlertStore } from './alert-store';
import { createArtifactStore } from './artifact-store';
import { BlobAuditCopy } from './audit/blob-audit-copy';
import { TableAuditTrail } from './audit/table-audit-trail';
import { TableBackfillStore } from './backfill-store';
import { TableApprovalStore } from './approval-store';
import { TableDefinitionStore } from './definition-store';
import { TableCheckHistoryStore } from './check-history-store';
import { TableFactStore } from './fact-store';
import { TableMetricHistoryStore } from './metric-history-store';
import { TablePauseStore } from './pause-store';
import { ProgressStore } from './progress-store';
import { TableQuarantineIndex } from './quarantine-index';
import { TableReviewStore } from './review-store';
import { TableRunStore } from './run-store';
import { TableScheduleCursorStore } from './schedule-cursor-store';
import type { Stores } from './stores';
import { Table } from './table';
import { TableWatermarkStore } from './watermark-store';
import { TableSlaStore } from './sla-store';
import { TableSchemaStore } from './schema-store';
import { TableUndoStore } from './undo-store';
import { TableUsageStore } from './usage-store';
import { WorkContainer } from './work-container';

export interface StoreOptions {
  /** The app setting, or its prefix, that names the account: `Settings.storageSetting`. */
  readonly storageSetting: string;
  /** The app settings; those of the process when absent. */
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds since 1970; the system's clock when absent. */
  readonly nowMs?: () => number;
  /** Container of artifacts; another name than `work` is for several apps on one account. */
  readonly container?: string;
  /** Container of the copy of the audit trail; `audit` when absent. */
  readonly auditContainer?: string;
  /** Letters and digits; the tables' names begin with it. */
  readonly tablePrefix?: string;
}

/**
 * Opens all stores on the storage account that the settings name. Nothing is read or made yet: the container and each
 * table come into being when they are first used.
 * @throws {InvalidSettingsError} where no account is named.
 */
export function createStores({
  storageSetting,
  env,
  nowMs = Date.now,
  container = 'work',
  auditContainer = 'audit',
  tablePrefix = 'sluice',
}: StoreOptions): Stores {
  const table = (name: string): Table => new Table(tableClient(storageSetting, `${tablePrefix}${name}`, env));
  const artifacts = createArtifactStore(
    new WorkContainer(blobServiceClient(storageSetting, env).getContainerClient(container)),
  );
  const runTables = { runs: table('runs'), index: table('runindex'), progress: new ProgressStore(table('progress')) };
  const trail = new TableAuditTrail(table('audit'), artifacts);
  return {
    artifacts,
    runs: new TableRunStore(runTables, artifacts, nowMs),
    watermarks: new TableWatermarkStore(table('watermarks')),
    quarantine: new TableQuarantineIndex(table('quarantine'), artifacts),
    reviews: new TableReviewStore(table('reviews'), artifacts),
    audit: trail,
    trail,
    auditCopy: new BlobAuditCopy(
      new WorkContainer(blobServiceClient(storageSetting, env).getContainerClient(auditContainer)),
    ),
    cursors: new TableScheduleCursorStore(table('cursors')),
    checks: new TableCheckHistoryStore(table('checks'), artifacts),
    metrics: new TableMetricHistoryStore(table('metrics')),
    backfills: new TableBackfillStore(table('backfills'), artifacts),
    pauses: new TablePauseStore(table('pauses')),
    schemas: new TableSchemaStore(table('schemas'), artifacts),
    undos: new TableUndoStore(table('undos'), artifacts),
    usage: new TableUsageStore(table('usage')),
    facts: new TableFactStore(table('facts'), artifacts),
    alerts: new TableAlertStore({ alerts: table('alerts'), index: table('alertindex') }, artifacts),
    alertGroups: new TableAlertGroupStore(table('alertgroups'), artifacts),
    slas: new TableSlaStore(table('slas'), artifacts),
    approvals: new TableApprovalStore(table('approvals'), artifacts),
    definitions: new TableDefinitionStore(table('definitions'), artifacts),
  };
}
