import type { RecordRunInput } from '../durable/contracts/activities';
import type { EndBackfillInput } from '../durable/contracts/backfill';
import type { UndonePipeline } from '../durable/contracts/undo';
import type { MasterInput } from '../durable/contracts/orchestrations';
import type { RunRecord, RunTrigger } from '../durable/contracts/run-record';
import type { ArtifactRef, BlobRef } from '../model/artifact';
import type { CheckResult, QuarantineReason } from '../model/check-result';
import type { Column } from '../model/column';
import type { MetricPoint, MetricValue } from '../model/metric';
import type { ApprovalDecision, ApprovalEnd, ApprovalRecord, ApprovalRequest, ApprovalState } from '../model/approval';
import type { BackfillWindow } from '../model/backfill';
import type { DefinitionEvent, DefinitionHead, DefinitionVersion } from '../model/definition-version';
import type { Failure } from '../model/failure';
import type { Alert, AlertEvent, AlertKind, AlertNote, AlertSeverity, AlertState } from '../model/alert';
import type { AlertGroup, AlertSend } from '../model/alert-group';
import type { BatchReview, RowPlace, RowReview } from '../model/quarantine-review';
import type { SchemaVersion } from '../model/schema-version';
import type { BlobPolicy, Inventory, PolicyReport } from '../model/retention';
import type { Watermark } from '../model/slice';
import type { Reading, UsageSum } from '../model/usage';
import type { RunFact, SlaReport, SlaVerdict } from '../model/service-level';
import type { Status, Step } from '../model/status';
import type { ChainedEntry, ChainEnd } from './audit/chained-entry';
import type { FoundEntry } from './audit/verify-chain';

/**
 * Immutable blobs in the container `work`. Writes use `If-None-Match: *` and a nonce in the name, so that a repeated
 * activity never overwrites; only the reference that it returns counts. Throws `StorageError` subclasses.
 */
export interface ArtifactStore {
  /** Uploads a local Parquet file to `runs/<run>/<pipeline>/<step>/<partition>-<nonce>.parquet`. */
  putParquet(
    file: string,
    place: ArtifactPlace,
    facts: { rows: number; columns: readonly Column[] },
  ): Promise<ArtifactRef>;
  /** Downloads into a folder (once per folder) and checks length and SHA-256; gives the local path. */
  fetch(ref: BlobRef, folder: string): Promise<string>;
  /** Whether it has not been deleted. */
  has(ref: BlobRef): Promise<boolean>;
  /** Writes a value as JSON under `<folder>/<sha256>.json`; the same value gives the same reference. */
  putJson(folder: string, value: unknown): Promise<BlobRef>;
  /** Writes bytes at the place that their reference names; what stands there already is left, since places name their content. */
  putBytes(ref: BlobRef, content: Buffer): Promise<void>;
  /** Reads bytes back, checked against their hash. */
  getBytes(ref: BlobRef): Promise<Buffer>;
  /** Reads it back, checked against its hash; cached in memory (it is immutable). */
  getJson<T>(ref: BlobRef): Promise<T>;
  /** Finds an artifact by a name that the caller derives from its content key (a reference of the run); null when absent. */
  findNamed(path: string): Promise<ArtifactRef | null>;
  putNamed(path: string, file: string, facts: { rows: number; columns: readonly Column[] }): Promise<ArtifactRef>;
  /**
   * Maintenance: deletes and moves what policies say, leaves what is in `keepRuns` and `keepPaths`, and counts what is there. Gives at most 100 names of
   * what it dealt with; a dry run gives the same and changes nothing. May break off anywhere.
   */
  retain(request: {
    /** ISO 8601, UTC. */
    readonly now: string;
    readonly keepRuns: ReadonlySet<string>;
    readonly keepPaths: ReadonlySet<string>;
    /** Of a pipeline, also of one that is not there any more; null for what belongs to none. */
    readonly policyOf: (pipeline: string | null) => BlobPolicy;
    readonly dryRun: boolean;
  }): Promise<{
    readonly names: readonly string[];
    readonly reports: readonly PolicyReport[];
    readonly inventory: Inventory;
  }>;
}

export interface ArtifactPlace {
  readonly runId: string;
  readonly pipeline: string;
  readonly step: string;
  readonly partition: number | null;
}

/** What a start needs; written once per key. */
export interface StartRequest {
  /** `run-<hash>`; derived from the start key. */
  readonly runId: string;
  /** Hash of trigger, path and ETag, or due time in UTC, or the caller's idempotency key. */
  readonly startKey: string;
  readonly trigger: RunTrigger;
  readonly environment: string;
  readonly correlationId: string;
  /** The span that the start was made in: the run's trace. Absent where telemetry was off. */
  readonly traceparent?: string;
  readonly plan: BlobRef;
  readonly pipelines: readonly string[];
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
  readonly requestedAt: string;
  /** The version of each pipeline's definition: see `versionHash`. Absent in older records. */
  readonly versions?: Readonly<Record<string, string>>;
  /** `MasterInput` as JSON-safe value, kept so that a start that died before `startNew` can be repeated. */
  readonly masterInput: unknown;
}

export interface RunStore {
  /** Inserts the start record and the run record (`Queued`); `false` when the key was there already. */
  create(request: StartRequest): Promise<boolean>;
  /** Starts whose orchestration may never have been started (state `Queued` and older than the given age). */
  unstarted(olderThanMs: number): Promise<readonly StartRequest[]>;
  record(input: RecordRunInput, now: string): Promise<void>;
  /** Live progress: one row per finished partition; repeating it changes nothing. */
  progress(entry: ProgressEntry): Promise<void>;
  get(runId: string): Promise<RunRecord | null>;
  /** What it was started with; null where there is none. */
  start(runId: string): Promise<StartRequest | null>;
  /** Newest first. */
  list(query: {
    readonly status?: Status;
    readonly pipeline?: string;
    readonly limit: number;
    readonly continuation?: string;
  }): Promise<{
    readonly runs: readonly RunRecord[];
    readonly continuation: string | null;
  }>;
  /** Writes the intent; `false` when the run has ended or does not exist. */
  requestCancel(runId: string, by: string, reason: string, now: string): Promise<boolean>;
  isCancelRequested(runId: string): Promise<boolean>;
  /** Runs that are `Queued` or `InProgress`. */
  active(): Promise<readonly string[]>;
  /** Runs whose end monitoring has not taken in yet, and since when (ISO 8601); one may still be about to end. */
  unseen(limit: number): Promise<readonly { readonly runId: string; readonly since: string }[]>;
  /** Monitoring has taken in the end of the run. */
  seen(runId: string): Promise<void>;
}

export interface ProgressEntry {
  readonly runId: string;
  readonly pipeline: string;
  readonly step: Step;
  /** -1 for steps that do not fan out. */
  readonly partition: number;
  readonly totalPartitions: number;
  readonly rows: number;
  readonly bytes: number;
  readonly at: string;
}

export interface WatermarkStore {
  get(pipeline: string): Promise<Watermark | null>;
  /** Writes with If-Match against what is stored; never moves `load` backwards; repeating it changes nothing. */
  advance(watermark: Watermark): Promise<void>;
}

/** Batches of quarantined rows; the rows themselves are Parquet artifacts. */
export interface QuarantineIndex {
  add(batch: QuarantineBatch): Promise<void>;
  list(query: {
    readonly pipeline?: string;
    readonly runId?: string;
    readonly limit: number;
  }): Promise<readonly QuarantineBatch[]>;
}
export interface QuarantineBatch {
  readonly runId: string;
  readonly pipeline: string;
  readonly step: Step;
  readonly partition: number;
  readonly artifact: ArtifactRef;
  /**
   * What mask steps hide of the rows, as it came (`_sluice_file`, `_sluice_row` and the hidden columns); absent when they hide nothing. It is
   * kept as long as the run's work files, which is shorter than the quarantine.
   */
  readonly originals?: ArtifactRef;
  readonly rows: number;
  readonly reasons: readonly QuarantineReason[];
  readonly at: string;
  /** Index of the transform step at which the rows would go in again; 0, for rows as the source gave them, when absent. */
  readonly entry?: number;
}

/** Why a pipeline is not to be loaded for now. */
export interface Pause {
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly reason: string;
}
export interface PauseStore {
  /** The pipeline's own pause; null when it has none. */
  get(pipeline: string): Promise<Pause | null>;
  /** The pause of all pipelines; null when there is none. */
  all(): Promise<Pause | null>;
  /** What keeps a pipeline from being loaded: its own pause, else that of all. */
  effective(pipeline: string): Promise<Pause | null>;
  /** Pausing again replaces the reason. */
  pause(pipeline: string, pause: Pause): Promise<void>;
  resume(pipeline: string): Promise<void>;
  pauseAll(pause: Pause): Promise<void>;
  /** Pipelines with a pause of their own stay paused. */
  resumeAll(): Promise<void>;
}

/** What a backfill was asked to do; never changed. */
export interface BackfillRequest {
  readonly id: string;
  readonly pipeline: string;
  readonly column: string;
  readonly from: string;
  readonly to: string;
  /** As it was asked for: a duration or a number. */
  readonly window: string;
  readonly maxParallel: number;
  readonly stopOnFailure: boolean;
  readonly reason: string;
  readonly by: string;
  readonly requestedAt: string;
  readonly correlationId: string;
  /** The run plan that each window's is made of: the definition as it was when the backfill was asked for. */
  readonly plan: BlobRef;
  /** The master's input, with the window's own ids to be filled in. */
  readonly masterInput: Omit<MasterInput, 'runId' | 'plan' | 'correlationId'>;
  readonly windows: readonly BackfillWindow[];
}
export interface BackfillEnd {
  readonly status: EndBackfillInput['status'];
  readonly failure: Failure | null;
  readonly endedAt: string;
}
export interface BackfillRecord extends BackfillRequest {
  readonly cancel: { readonly requestedAt: string; readonly by: string; readonly reason: string } | null;
  readonly end: BackfillEnd | null;
}
export interface BackfillStore {
  /** `false` when the id was there already. */
  create(request: BackfillRequest): Promise<boolean>;
  get(id: string): Promise<BackfillRecord | null>;
  /** Newest first. */
  list(query: { readonly pipeline?: string; readonly limit: number }): Promise<readonly BackfillRecord[]>;
  /** Writes the intent; `false` when it has ended or does not exist. */
  requestCancel(id: string, by: string, reason: string, now: string): Promise<boolean>;
  /** The first end stands. Gives its time. */
  end(id: string, end: BackfillEnd): Promise<string>;
  /** Those that have not ended. */
  active(): Promise<readonly BackfillRecord[]>;
}

/** A value with the version under which it was read; null: there is none yet. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string | null;
}

/** What was decided about quarantined rows. Every write names the version that it changes, so that two who decide at once do not overwrite each other. */
export interface ReviewStore {
  batch(id: string): Promise<Versioned<BatchReview>>;
  /** `false` when somebody else changed it since. */
  saveBatch(id: string, review: BatchReview, etag: string | null): Promise<boolean>;
  /** Null for a row that nobody has touched. */
  row(id: string, place: RowPlace): Promise<Versioned<RowReview> | null>;
  /** Touched rows in the order of the batch, from a place on. */
  rows(id: string, from?: RowPlace): AsyncIterable<Versioned<RowReview>>;
  /** Writes the row and, beside it for good, this version of it; `false` when somebody else changed it since. */
  saveRow(id: string, review: RowReview, etag: string | null): Promise<boolean>;
  /** Every version of a row, oldest first. */
  history(id: string, place: RowPlace): Promise<readonly RowReview[]>;
}

/** Append-only record of who did what. */
export interface AuditLog {
  /** The same entry again changes nothing. `key` says which entries are the same where their times differ, as when an activity runs twice. */
  append(entry: AuditEntry, key?: string): Promise<void>;
  list(query: { readonly day: string; readonly limit: number }): Promise<readonly AuditEntry[]>;
}
/** The audit trail as it is kept: chains of entries, a day each. */
export interface AuditTrail extends AuditLog {
  /** Adds an entry; gives its place, or null where the same entry is there already. */
  record(entry: AuditEntry, key?: string): Promise<ChainedEntry | null>;
  /** Days that have a chain, oldest first. */
  days(): Promise<readonly string[]>;
  /** Where the chain of a day ends, and the day after it once that has begun; null for a day without one. */
  end(day: string): Promise<(ChainEnd & { readonly next: string | null }) | null>;
  /** Entries of a day behind one place and up to another, oldest first. */
  entries(day: string, range?: { readonly after?: number; readonly to?: number }): AsyncIterable<FoundEntry>;
}

/** The copy of the audit trail in a container that lets nobody change or delete what was written. */
export interface AuditCopy {
  /** Days that have been copied, at least in part, oldest first. */
  days(): Promise<readonly string[]>;
  /** The last entry of a day that was copied; null where there is none. */
  last(day: string): Promise<ChainedEntry | null>;
  /** Entries of a day, oldest first. */
  entries(day: string): AsyncIterable<FoundEntry>;
  /** Adds entries at the end of a day; `false` when somebody else has added some since `last`. */
  append(day: string, after: ChainedEntry | null, entries: readonly ChainedEntry[]): Promise<boolean>;
}

export interface AuditEntry {
  readonly at: string;
  /** `run-started`, `run-ended`, `run-cancelled`, `watermark-advanced`, ... */
  readonly action: string;
  readonly by: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  readonly correlationId: string;
}

/** Where the scheduler stands, per pipeline: the last due time that was handled. */
export interface ScheduleCursorStore {
  get(pipeline: string): Promise<string | null>;
  /** Writes with If-Match against `expected`; `false` when another instance moved it first. */
  move(pipeline: string, expected: string | null, next: string): Promise<boolean>;
}

/** What the checks of one pipeline said in one run. */
export interface CheckRun {
  readonly runId: string;
  readonly pipeline: string;
  /** When the run started: ISO 8601, UTC. */
  readonly at: string;
  readonly verdict: 'passed' | 'failed';
  readonly message: string;
  readonly checks: readonly CheckResult[];
  /** What the metric history keeps of the run once it is published. */
  readonly metrics: readonly MetricValue[];
}

export interface CheckHistoryStore {
  /** Writes what was there again; the keys come from run, pipeline and `at`. */
  put(run: CheckRun): Promise<void>;
  get(runId: string, pipeline: string): Promise<CheckRun | null>;
  ofRun(runId: string): Promise<readonly CheckRun[]>;
  /** Newest first. */
  list(query: { readonly pipeline: string; readonly limit: number; readonly continuation?: string }): Promise<{
    readonly runs: readonly CheckRun[];
    readonly continuation: string | null;
  }>;
  /** Maintenance: forgets runs of a pipeline before a time, never the newest one; gives their number. */
  prune(pipeline: string, before: string, dryRun: boolean): Promise<number>;
}

/** Which run values belong to. */
export interface MetricRun {
  readonly pipeline: string;
  readonly runId: string;
  /** When the run started: ISO 8601, UTC. */
  readonly at: string;
}

/** Values of published runs, for anomaly checks. */
export interface MetricHistoryStore {
  /** One row for each run and metric; repeating it changes nothing. */
  record(run: MetricRun, values: readonly MetricValue[]): Promise<void>;
  /** Newest first, at most `limit`. */
  last(pipeline: string, metric: string, limit: number): Promise<readonly MetricPoint[]>;
  /** Takes out what a run that was taken back had recorded. */
  forget(run: MetricRun, values: readonly MetricValue[]): Promise<void>;
  /** Maintenance: forgets values of a pipeline before a time, never the newest `keep` of a metric; gives their number. */
  prune(pipeline: string, before: string, keep: number, dryRun: boolean): Promise<number>;
}

/** The columns of pipelines over time. */
export interface SchemaStore {
  /** Keeps a version where the columns differ from the newest one; gives the newest. The same again changes nothing. */
  note(
    of: { readonly pipeline: string; readonly side: 'source' | 'target' },
    columns: readonly Column[],
    by: { readonly runId: string; readonly at: string },
  ): Promise<SchemaVersion>;
  /** Newest first. */
  list(pipeline: string, side: 'source' | 'target', limit: number): Promise<readonly SchemaVersion[]>;
}

/** What somebody asked to take back of a run. */
export interface UndoRequested {
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly requestedAt: string;
  /** What depends on others first. */
  readonly pipelines: readonly string[];
  /** From 1; one more when an undo that failed is asked for again. */
  readonly attempt: number;
}
export interface UndoEnd {
  readonly status: 'Succeeded' | 'Failed';
  readonly undone: readonly UndonePipeline[];
  readonly failure: Failure | null;
  readonly endedAt: string;
}
export interface UndoRecord extends UndoRequested {
  /** Null while it is under way. */
  readonly end: UndoEnd | null;
}
export interface UndoStore {
  request(runId: string, asked: UndoRequested): Promise<void>;
  /** Null when nobody asked. */
  get(runId: string): Promise<UndoRecord | null>;
  /** The first end of an attempt stands. */
  end(runId: string, end: UndoEnd): Promise<void>;
}

/** Ended runs by pipeline, for service levels and forecasts. */
export interface FactStore {
  /** The same run again writes the same row. */
  put(fact: RunFact): Promise<void>;
  /** Newest first. */
  list(pipeline: string, limit: number): Promise<readonly RunFact[]>;
}

/** What became of service levels. */
export interface SlaStore {
  /** The first verdict on a due time stands; of one that was missed, when it was done is added later. */
  record(verdict: SlaVerdict): Promise<void>;
  /** Newest due time first; `from` and `to` are ISO 8601, UTC. */
  list(query: {
    readonly pipeline: string;
    readonly from?: string;
    readonly to?: string;
    readonly limit: number;
  }): Promise<readonly SlaVerdict[]>;
  /** Since when a pipeline is watched, and up to when it was evaluated; null before the first time. */
  cursor(pipeline: string): Promise<{ readonly begunAt: string; readonly evaluatedAt: string } | null>;
  /** Keeps how it stands, and moves the cursor there. */
  evaluated(report: SlaReport, begunAt: string): Promise<void>;
  report(pipeline: string): Promise<SlaReport | null>;
}

/** Versions of definitions, by environment: what was ever deployed, which of it is used, and what happened. */
export interface DefinitionStore {
  /** Of every pipeline that was deployed in the environment, by name. */
  heads(environment: string): Promise<ReadonlyMap<string, Versioned<DefinitionHead>>>;
  /** Writes the head and, beside it for good, what happened; `false` when somebody else changed it since. */
  saveHead(environment: string, head: DefinitionHead, event: DefinitionEvent, etag: string | null): Promise<boolean>;
  /** The first one of a hash stands. */
  put(version: DefinitionVersion): Promise<void>;
  get(environment: string, pipeline: string, hash: string): Promise<DefinitionVersion | null>;
  /** Those whose hash begins with a text; all for an empty one. Newest first. */
  list(environment: string, pipeline: string, beginsWith?: string): Promise<readonly DefinitionVersion[]>;
  /** Newest first. */
  events(environment: string, pipeline: string, limit: number): Promise<readonly DefinitionEvent[]>;
}

/** What waits, or waited, for somebody else's word. Every row is written once: the first decision and the first end stand. */
export interface ApprovalStore {
  /** `false` when the id was there already. */
  create(request: ApprovalRequest): Promise<boolean>;
  get(id: string): Promise<ApprovalRecord | null>;
  /** Newest first. */
  list(query: { readonly state?: ApprovalState; readonly limit: number }): Promise<readonly ApprovalRecord[]>;
  /** Gives the decision that stands. */
  decide(id: string, decision: ApprovalDecision): Promise<ApprovalDecision>;
  end(id: string, end: ApprovalEnd): Promise<void>;
  /** Those that wait, or of which something is still to be done. */
  open(): Promise<readonly ApprovalRecord[]>;
}

/** Alerts, their events and what happened to them. */
export interface AlertStore {
  /** The same event twice is one; another one with the same key joins the alert that is not resolved. */
  raise(event: AlertEvent): Promise<{ readonly alert: Alert; readonly raised: 'new' | 'joined' | 'known' }>;
  get(id: string): Promise<Alert | null>;
  /** What `change` makes of it; null leaves it. Gives what stands then; null where there is no such alert. */
  change(id: string, change: (alert: Alert) => Alert | null): Promise<Alert | null>;
  unresolved(): Promise<readonly Alert[]>;
  /** The alert of a key that is not resolved; null where there is none. */
  unresolvedOf(key: string): Promise<Alert | null>;
  /** Newest first. */
  list(query: {
    readonly state?: AlertState;
    readonly pipeline?: string;
    readonly kind?: AlertKind;
    readonly severity?: AlertSeverity;
    readonly limit: number;
    readonly continuation?: string;
  }): Promise<{ readonly alerts: readonly Alert[]; readonly continuation: string | null }>;
  /** Adds to the timeline; the same again changes nothing. */
  note(id: string, note: AlertNote): Promise<void>;
  /** Oldest first. */
  notes(id: string): Promise<readonly AlertNote[]>;
}

/** Groups of alerts that are told of together, the messages about them, and links that were used. */
export interface AlertGroupStore {
  /** The open group of the key with the alert in it; made where there is none. */
  join(alert: string, group: Pick<AlertGroup, 'key' | 'route' | 'storm' | 'createdAt' | 'dueAt'>): Promise<AlertGroup>;
  get(id: string): Promise<AlertGroup | null>;
  /** Closes it where `mayClose`, unless an alert joined meanwhile; whether it is closed. */
  close(id: string, at: string, mayClose: (group: AlertGroup) => Promise<boolean>): Promise<boolean>;
  open(): Promise<readonly AlertGroup[]>;
  /** Whether there is a group of the key that is not closed. */
  isOpen(key: string): Promise<boolean>;
  /** When the groups were made that were made after a moment. */
  madeSince(at: string): Promise<readonly string[]>;
  send(group: string, message: string, channel: string): Promise<Versioned<AlertSend> | null>;
  /** `false` when somebody else wrote it since. */
  saveSend(send: AlertSend, etag: string | null): Promise<boolean>;
  /** Oldest first. */
  sends(group: string): Promise<readonly AlertSend[]>;
  /** `false` when it was used before. */
  useToken(nonce: string, at: string): Promise<boolean>;
  isTokenUsed(nonce: string): Promise<boolean>;
}

/** What executions of activities used, by day. */
export interface UsageStore {
  /** One row for each execution; writing it again changes nothing. */
  record(reading: Reading): Promise<void>;
  /** What was used on a day (`YYYY-MM-DD`): sums, of which one run may have several for one activity. */
  ofDay(day: string): AsyncIterable<UsageSum>;
  /** What a run used on those days, and on others on which something happened to it after it had ended. */
  ofRun(runId: string, days: readonly string[]): Promise<readonly UsageSum[]>;
  /** Maintenance: folds the executions of a day that is over into sums; gives their number. May break off anywhere. */
  fold(day: string): Promise<number>;
  /** Days of which there is something, the oldest first. */
  days(): AsyncIterable<string>;
  /** Maintenance: forgets a day; gives the number of rows. */
  forget(day: string, dryRun: boolean): Promise<number>;
  /** What maintenance last found in the container of artifacts; null before. */
  inventory(): Promise<Inventory | null>;
  saveInventory(inventory: Inventory): Promise<void>;
}

/** All stores, opened together on one storage account. */
export interface Stores {
  readonly artifacts: ArtifactStore;
  readonly runs: RunStore;
  readonly watermarks: WatermarkStore;
  readonly quarantine: QuarantineIndex;
  readonly reviews: ReviewStore;
  readonly audit: AuditLog;
  /** What `audit` adds to, to be read and verified. */
  readonly trail: AuditTrail;
  readonly auditCopy: AuditCopy;
  readonly cursors: ScheduleCursorStore;
  readonly checks: CheckHistoryStore;
  readonly metrics: MetricHistoryStore;
  readonly backfills: BackfillStore;
  readonly pauses: PauseStore;
  readonly undos: UndoStore;
  readonly schemas: SchemaStore;
  readonly usage: UsageStore;
  readonly facts: FactStore;
  readonly slas: SlaStore;
  readonly definitions: DefinitionStore;
  readonly approvals: ApprovalStore;
  readonly alerts: AlertStore;
  readonly alertGroups: AlertGroupStore;
}
