import { randomUUID } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import type { BlobServiceClient } from '@azure/storage-blob';
import { statusOf } from '../../errors/storage-error';
import type { Diagnosis } from '../../model/diagnosis';
import { blobServiceClient, tableClient } from '../storage-clients';
import { attempt, type Attempt } from './attempt';

/** What the app keeps in the account of its state, by the names that it uses. */
export interface StateNames {
  readonly container: string;
  readonly auditContainer: string;
  /** A table that the app has anyway; the row that is tried is its own, and deleted again. */
  readonly table: string;
}

/** Clocks this far apart are told; storage refuses what is signed 15 minutes off. */
const SKEW_WARNING_MS = 30_000;
const SKEW_FAILURE_MS = 5 * 60_000;

/**
 * Tries in the account that a setting names what the app does there: reads, writes and deletes a blob and a row of its own, and compares its clock with
 * that of the answers. Leaves nothing behind, and writes nothing into the container of the audit trail, from which nothing can be taken away.
 */
export async function examineStorage(
  setting: string,
  names: StateNames,
  env: NodeJS.ProcessEnv,
  nowMs: () => number,
): Promise<readonly Diagnosis[]> {
  let clients: { blobs: BlobServiceClient; rows: TableClient };
  try {
    clients = { blobs: blobServiceClient(setting, env), rows: tableClient(setting, names.table, env) };
  } catch (error) {
    const failed = await attempt({ area: 'storage', what: setting, role: '', address: '' }, () => {
      throw error;
    });
    return [failed.diagnosis];
  }
  const { blobs, rows } = clients;
  const findings: Diagnosis[] = [transport(setting, blobs.url)];
  findings.push(...(await tryBlobs(blobs, names, nowMs)));
  findings.push(...(await tryRows(rows)));
  return findings;
}

function transport(setting: string, url: string): Diagnosis {
  const { protocol, hostname } = new URL(url);
  const message =
    protocol === 'https:'
      ? `https to ${hostname}, TLS 1.2 at least`
      : `plain HTTP to ${hostname}, on this machine alone`;
  return { area: 'storage', what: `transport of ${setting}`, status: 'ok', message, fix: null };
}

async function tryBlobs(
  blobs: BlobServiceClient,
  { container, auditContainer }: StateNames,
  nowMs: () => number,
): Promise<readonly Diagnosis[]> {
  const work = blobs.getContainerClient(container);
  const blob = work.getBlockBlobClient(`doctor/${randomUUID()}`);
  const of = (what: string, where = container): Attempt => ({
    area: 'storage',
    what: `${what} in ${where}`,
    role: `Storage Blob Data Contributor on the container ${where}`,
    address: blobs.url,
  });
  const made = await attempt(of('find the container'), async () => {
    try {
      await work.create();
    } catch (error) {
      // It is there already; or infrastructure makes it, and this identity may not.
      if (statusOf(error) === 403 && (await work.exists())) return;
      if (statusOf(error) !== 409) throw error;
    }
  });
  const content = Buffer.from('doctor');
  const written = await attempt(of('write a blob'), () => blob.upload(content, content.length));
  const findings = [made.diagnosis, written.diagnosis];
  if (written.value !== null) {
    const read = await attempt(of('read a blob'), async () => {
      const sentAt = nowMs();
      const { date } = await blob.getProperties();
      await blob.downloadToBuffer();
      return { date, sentAt, receivedAt: nowMs() };
    });
    const removed = await attempt(of('delete a blob'), () => blob.delete());
    findings.push(read.diagnosis, removed.diagnosis, clock(read.value));
  } else findings.push(clock(null));
  const audit = blobs.getContainerClient(auditContainer);
  const listed = await attempt(of('list the copy of the audit trail', auditContainer), async () => {
    try {
      for await (const page of audit.listBlobsFlat().byPage({ maxPageSize: 1 })) return page.segment.blobItems.length;
    } catch (error) {
      // Made by infrastructure, or by the first export.
      if (statusOf(error) !== 404) throw error;
    }
    return 0;
  });
  return [...findings, listed.diagnosis];
}

function clock(
  seen: { readonly date: Date | undefined; readonly sentAt: number; readonly receivedAt: number } | null,
): Diagnosis {
  const its = { area: 'clock', what: 'clock of this instance' } as const;
  if (seen?.date === undefined) return { ...its, status: 'skipped', message: 'storage said no time', fix: null };
  // The header has whole seconds, and was written at some time while the request was under way.
  const at = seen.date.getTime();
  const offMs = at > seen.receivedAt ? at - seen.receivedAt : at + 999 < seen.sentAt ? seen.sentAt - at - 999 : 0;
  if (offMs < SKEW_WARNING_MS) return { ...its, status: 'ok', message: 'agrees with that of storage', fix: null };
  return {
    ...its,
    status: offMs < SKEW_FAILURE_MS ? 'warning' : 'failed',
    message: `${Math.round(offMs / 1000)} s off from that of storage`,
    fix: 'Set the clock by NTP: schedules, leases and signatures go by it.',
  };
}

async function tryRows(rows: TableClient): Promise<readonly Diagnosis[]> {
  const keys = { partitionKey: 'doctor', rowKey: randomUUID() };
  const of = (what: string): Attempt => ({
    area: 'storage',
    what: `${what} in ${rows.tableName}`,
    role: 'Storage Table Data Contributor on the account',
    address: rows.url,
  });
  const made = await attempt(of('find the table'), () => rows.createTable());
  const written = await attempt(of('write a row'), () => rows.createEntity({ ...keys, at: new Date(0) }));
  if (written.value === null) return [made.diagnosis, written.diagnosis];
  const read = await attempt(of('read a row'), () => rows.getEntity(keys.partitionKey, keys.rowKey));
  const removed = await attempt(of('delete a row'), () => rows.deleteEntity(keys.partitionKey, keys.rowKey));
  return [made.diagnosis, written.diagnosis, read.diagnosis, removed.diagnosis];
}
