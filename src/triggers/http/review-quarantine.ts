import { z } from 'zod';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import { OriginalsGoneError } from '../../errors/originals-gone-error';
import { QuarantineBatchNotFoundError } from '../../errors/quarantine-batch-not-found-error';
import { ReviewRefusedError } from '../../errors/review-refused-error';
import { parseBatchId, parseRowId, rowIdOf, untouched, type RowPlace } from '../../model/quarantine-review';
import { hasOriginals } from '../../state/has-originals';
import type { QuarantineBatch } from '../../state/stores';
import { decideRows, editRow, type Decided } from '../review/decide-rows';
import { pageRows, type ReviewedRow, type RowFilter } from '../review/page-rows';
import { decidedRows, requestRelease } from '../review/request-release';
import { wakeReview } from '../review/wake-review';
import { requestApproval } from '../approvals/request-approval';
import type { TriggerServices } from '../trigger-services';
import { waitingAnswer } from './approvals';
import { callerOf, requesterOf } from './caller';
import { guardsOf, waitsForApproval } from './guards';
import type { Route } from './handle';
import { readBody, readQuery } from './read-request';

const state = z.enum(['open', 'decided', 'discarded', 'releasing', 'released']);
const text = z.string().min(1).max(500);
const filter = z.strictObject({
  state: state.optional(),
  reason: text.optional(),
  column: z.string().min(1).max(63).optional(),
  value: z.string().max(10_000).nullable().optional(),
});
export const rowsQuery = filter.extend({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  continuation: z.string().max(40).optional(),
});
export const editBody = z.strictObject({
  values: z.record(z.string().min(1).max(63), z.string().max(1_000_000).nullable()),
  reason: text,
  dryRun: z.boolean().default(false),
});
export const decisionBody = z.strictObject({
  decision: z.enum(['approve', 'retry', 'discard']),
  reason: text,
  rows: z.array(z.string().max(40)).min(1).max(1000).optional(),
  filter: filter.optional(),
  dryRun: z.boolean().default(false),
});
export const releaseBody = z.strictObject({ reason: z.string().max(500).default('') });

/** Rows decided in one request by a filter; more are decided by asking again. */
const MOST_DECIDED = 100_000;
const PAGE = 1000;

/** `GET /api/quarantine/{batch}`: how many rows of a batch stand where. */
export const getBatch: Route = async (services, request) => {
  const { batch, id } = await batchOf(services, request.params['batch'] ?? '');
  return { jsonBody: await describe(services, batch, id) };
};

/** `GET /api/quarantine/{batch}/rows`: rows with their values, reasons and decisions. */
export const listRows: Route = async (services, request) => {
  const { batch, id } = await batchOf(services, request.params['batch'] ?? '');
  const { limit, continuation, ...wanted } = readQuery(request, rowsQuery);
  const after = continuation === undefined ? null : parseRowId(continuation);
  if (continuation !== undefined && after === null) {
    throw new InvalidRequestError([{ path: 'continuation', message: 'is none that an answer gave' }]);
  }
  const { rows, next } = await pageRows(services, batch, id, filterOf(batch, wanted), { after, limit });
  return { jsonBody: { batch: id, rows: rows.map(shown), continuation: next === null ? null : rowIdOf(next) } };
};

/** `GET /api/quarantine/{batch}/rows/{row}`: a row and its history. */
export const getRow: Route = async (services, request) => {
  const { batch, id } = await batchOf(services, request.params['batch'] ?? '');
  const row = await rowOf(services, batch, id, request.params['row'] ?? '');
  const history = await services.stores.reviews.history(id, row.quarantined);
  return { jsonBody: { batch: id, ...shown(row), history } };
};

/** `PATCH /api/quarantine/{batch}/rows/{row}`: new values for source columns, as text. */
export const patchRow: Route = async (services, request) => {
  const { values, reason, dryRun } = await readBody(request, editBody);
  const { batch, id } = await batchOf(services, request.params['batch'] ?? '');
  await requirePublished(services, batch);
  const { quarantined } = await rowOf(services, batch, id, request.params['row'] ?? '');
  refuseMasked(batch, values);
  const faults = await services.quarantine.misfits(batch, values);
  if (faults.length > 0) {
    throw new InvalidRequestError(
      faults.map(({ column, type }) => ({
        path: `values.${column}`,
        message: type === null ? 'there is no such source column' : `is no ${type}`,
      })),
    );
  }
  const by = callerOf(services, request);
  const at = services.clock.now();
  const review = await editRow(services.stores.reviews, id, quarantined, values, { reason, by, at, dryRun });
  if (dryRun) return { jsonBody: { batch: id, dryRun, ...shown({ quarantined, review }) } };
  const detail = { row: rowIdOf(quarantined), columns: Object.keys(values).join(', '), reason };
  await services.stores.audit.append({
    at,
    action: 'quarantine-row-edited',
    by,
    subject: id,
    detail,
    correlationId: id,
  });
  return { jsonBody: { batch: id, ...shown({ quarantined, review }) } };
};

/** `POST /api/quarantine/{batch}/decisions`: approve, retry or discard rows, named or by a filter. */
export const decide: Route = async (services, request, client) => {
  const body = await readBody(request, decisionBody);
  if ((body.rows === undefined) === (body.filter === undefined)) {
    throw new InvalidRequestError([{ path: 'rows', message: 'give rows or filter, and not both' }]);
  }
  const { batch, id } = await batchOf(services, request.params['batch'] ?? '');
  await requirePublished(services, batch);
  const by = callerOf(services, request);
  const at = services.clock.now();
  const { decision, reason, dryRun } = body;
  if (decision !== 'discard') await requireOriginals(services, batch);
  const deciding = { decision, reason, by, at, dryRun, masked: batch.originals !== undefined };
  const total = { decided: 0, locked: 0, unreadable: 0, changed: 0 };
  for await (const rows of chosen(services, batch, id, body)) {
    const part = await decideRows(
      services.stores.reviews,
      id,
      rows.map(({ quarantined }) => quarantined),
      deciding,
    );
    for (const key of Object.keys(total) as (keyof Decided)[]) total[key] += part[key];
  }
  if (dryRun) return { jsonBody: { batch: id, decision, dryRun, ...total } };
  await services.stores.audit.append({
    at,
    action: 'quarantine-decided',
    by,
    subject: id,
    detail: { decision, reason, ...total, rows: body.rows?.slice(0, 50).join(', ') ?? filterText(body.filter) },
    correlationId: id,
  });
  await wakeReview(services, client, id);
  return { jsonBody: { batch: id, decision, ...total } };
};

/** `POST /api/quarantine/{batch}/release`: loads what is approved or to be retried, as a run of its own; many rows may wait for somebody else's approval. */
export const releaseBatch: Route = async (services, request, client) => {
  const { reason } = await readBody(request, releaseBody);
  const { batch, id } = await batchOf(services, request.params['batch'] ?? '');
  await requirePublished(services, batch);
  await requireOriginals(services, batch);
  const by = callerOf(services, request);
  const guards = guardsOf(services);
  const limit = waitsForApproval(guards, 'release') ? guards.approval?.releaseRows : undefined;
  const { rows, digest } = limit === undefined ? { rows: 0, digest: '' } : await decidedRows(services, id);
  const { value } = await services.stores.reviews.batch(id);
  // One that is under way was approved, or had no more rows than may go without.
  if (limit !== undefined && rows > limit && value.requested === null) {
    const approval = await requestApproval(services, client, guards, {
      action: { kind: 'release', batch: id, rows, digest },
      subject: id,
      ...requesterOf(services, request),
      reason: reason === '' ? 'rows were decided' : reason,
      summary: `load ${rows} rows of ${batch.pipeline} that ${batch.runId} had quarantined`,
    });
    return waitingAnswer(request, approval);
  }
  await requestRelease(services, client, id, { by, reason, ...(limit !== undefined && { most: limit }) });
  return { status: 202, jsonBody: await describe(services, batch, id) };
};

async function batchOf(services: TriggerServices, id: string): Promise<{ batch: QuarantineBatch; id: string }> {
  const key = parseBatchId(id);
  if (key === null) throw new QuarantineBatchNotFoundError(id);
  const { runId, pipeline, step, partition, entry } = key;
  const batches = await services.stores.quarantine.list({ runId, pipeline, limit: MOST_DECIDED });
  const batch = batches.find((one) => one.step === step && one.partition === partition && (one.entry ?? 0) === entry);
  if (batch === undefined) throw new QuarantineBatchNotFoundError(id);
  return { batch, id };
}

/** Rows of a run that published nothing are read again by the next one: deciding about them would load them twice. */
async function requirePublished({ stores }: TriggerServices, { runId, pipeline }: QuarantineBatch): Promise<void> {
  const run = await stores.runs.get(runId);
  const load = run?.pipelines.find((one) => one.pipeline === pipeline)?.load ?? null;
  if (load !== null) return;
  throw new ReviewRefusedError(
    `The run ${runId} has not published ${pipeline}, so its rows are not kept out of anything`,
    'Wait until the run has ended, or start it again when it failed: the next run reads these rows from the source.',
  );
}

async function requireOriginals({ stores }: TriggerServices, batch: QuarantineBatch): Promise<void> {
  if (!(await hasOriginals(stores, batch))) throw new OriginalsGoneError(batch.runId);
}

/** A new value of a column that the pipeline masks would stand in the review for all to read. */
function refuseMasked(batch: QuarantineBatch, values: Readonly<Record<string, unknown>>): void {
  const masked = new Set(maskedColumns(batch));
  const named = Object.keys(values).filter((name) => masked.has(name));
  if (named.length === 0) return;
  throw new InvalidRequestError(
    named.map((name) => ({ path: `values.${name}`, message: 'is masked by the pipeline: correct it in the source' })),
  );
}

function maskedColumns({ originals }: QuarantineBatch): string[] {
  return (originals?.columns ?? []).flatMap(({ name }) => (name.startsWith('_sluice_') ? [] : [name]));
}

async function describe(services: TriggerServices, batch: QuarantineBatch, id: string) {
  const counts = { open: batch.rows, decided: 0, discarded: 0, releasing: 0, released: 0 };
  for await (const { value } of services.stores.reviews.rows(id)) {
    if (value.state === 'open') continue;
    counts.open -= 1;
    counts[value.state] += 1;
  }
  const { value: review } = await services.stores.reviews.batch(id);
  const { requested, release, runId, failure, reminders, closedAt } = review;
  const { runId: from, pipeline, step, partition, entry = 0, rows, reasons, at, artifact } = batch;
  return {
    batch: id,
    runId: from,
    pipeline,
    step,
    partition,
    entry,
    at,
    rows,
    counts,
    reasons,
    columns: artifact.columns.filter(({ name }) => !name.startsWith('_sluice_')),
    masked: maskedColumns(batch),
    review: { requested, release: release?.id ?? null, runId, failure, reminders, closedAt },
  };
}

/** A filter for the audit trail, where values of rows have no place: it is kept for years, and nobody can take anything back. */
export function filterText(wanted: z.infer<typeof filter> = {}): string {
  return JSON.stringify({ ...wanted, ...((wanted.value ?? null) !== null && { value: '***' }) });
}

function filterOf(batch: QuarantineBatch, { state: wanted, reason, column, value }: z.infer<typeof filter>): RowFilter {
  if (value !== undefined && column === undefined) {
    throw new InvalidRequestError([{ path: 'column', message: 'name the column that has the value' }]);
  }
  if (column !== undefined && !batch.artifact.columns.some(({ name }) => name === column)) {
    throw new InvalidRequestError([{ path: 'column', message: 'there is no such source column' }]);
  }
  return {
    ...(wanted !== undefined && { state: wanted }),
    ...(reason !== undefined && { reason }),
    ...(column !== undefined && { column: { name: column, value: value ?? null } }),
  };
}

async function rowOf(services: TriggerServices, batch: QuarantineBatch, id: string, row: string): Promise<ReviewedRow> {
  const place = parseRowId(row);
  const quarantined = place === null ? undefined : await findRow(services, batch, place);
  if (quarantined === undefined) throw new QuarantineBatchNotFoundError(`${id}/rows/${row}`);
  const known = await services.stores.reviews.row(id, quarantined);
  return { quarantined, review: known?.value ?? untouched(quarantined) };
}

async function findRow({ quarantine }: TriggerServices, batch: QuarantineBatch, place: RowPlace) {
  const after = { file: place.file, row: place.row - 1 };
  const [row] = await quarantine.read(batch, { after, limit: 1 });
  return row?.file === place.file && row.row === place.row ? row : undefined;
}

/** The rows that a decision names, page by page. */
async function* chosen(
  services: TriggerServices,
  batch: QuarantineBatch,
  id: string,
  { rows: names, filter: wanted }: z.infer<typeof decisionBody>,
): AsyncGenerator<readonly ReviewedRow[]> {
  if (names !== undefined) {
    for (const name of new Set(names)) yield [await rowOf(services, batch, id, name)];
    return;
  }
  const filtered = filterOf(batch, wanted ?? {});
  for (let after: RowPlace | null = null, seen = 0; seen < MOST_DECIDED;) {
    const { rows, next } = await pageRows(services, batch, id, filtered, { after, limit: PAGE });
    yield rows;
    if (next === null) return;
    after = next;
    seen += rows.length;
  }
}

function shown({ quarantined, review }: ReviewedRow) {
  const { reasons, raw, values } = quarantined;
  const { state: stands, decision, edits, reason, by, at, release } = review;
  return {
    row: rowIdOf(quarantined),
    file: quarantined.file,
    number: quarantined.row,
    state: stands,
    reasons,
    raw,
    values,
    edits,
    decision,
    reason,
    by,
    at,
    release,
  };
}
