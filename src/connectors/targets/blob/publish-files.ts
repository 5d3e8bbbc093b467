import { randomUUID } from 'node:crypto';
import type { TargetConfig } from '../../../config/schema/pipeline';
import { TargetSchemaMismatchError } from '../../../errors/target-schema-mismatch-error';
import { durationMs } from '../../../model/duration';
import { SliceSupersededError } from '../../../errors/slice-superseded-error';
import { StagingLostError } from '../../../errors/staging-lost-error';
import { VerificationFailedError } from '../../../errors/verification-failed-error';
import type { VerificationResult } from '../../../model/check-result';
import type { PublishRequest, PublishResult, RelationFacts } from '../../../steps/load/target';
import { inParallel } from '../../files/in-parallel';
import { DATA, hiveFolders, recordName, stagingArea } from './blob-paths';
import { checkAgainst } from '../../check-against';
import type { FolderStore } from './folder-store';
import type { Manifest, ManifestLoad, PublishedFile, RetiredFile } from './manifest';
import { changeManifest } from './manifest-store';
import { addFacts, WHOLE_ROW } from './relation-facts';
import type { StagedRecord } from './stage-files';

const READS_AT_ONCE = 16;

/**
 * Publishes what was staged by one conditional write of the manifest: nothing of it is visible before, all of it afterwards. What another
 * publishes in between is kept, and decides again whether this load may follow it.
 */
export async function publishFiles(
  store: FolderStore,
  request: PublishRequest,
  connection: string,
  now: () => string,
): Promise<PublishResult> {
  const attempt = randomUUID();
  const results: PublishResult[] = [];
  await changeManifest(store, async (manifest) => {
    const own = manifest.loads.find(({ runId, pipeline }) => runId === request.runId && pipeline === request.pipeline);
    if (own !== undefined) {
      const { load, rows, verifications } = own;
      // A lost answer: this very attempt is what was published.
      results.push({ load, rows, verifications, alreadyPublished: own.attempt !== attempt });
      return null;
    }
    const newest = manifest.loads.findLast(({ pipeline }) => pipeline === request.pipeline)?.load ?? 0;
    if (newest !== request.expectedPreviousLoad) {
      throw new SliceSupersededError(
        `Load ${newest} of ${request.pipeline} was published after this run was planned at load ${request.expectedPreviousLoad}`,
        connection,
      );
    }
    const records = await stagedRecords(store, request, manifest, connection);
    const verifications = verify(request, addFacts(records.map(({ facts }) => facts)), records, connection);
    const load: ManifestLoad = {
      load: (manifest.loads.at(-1)?.load ?? 0) + 1,
      runId: request.runId,
      pipeline: request.pipeline,
      slice: request.slice,
      definitionHash: request.definitionHash,
      counts: request.counts,
      checksums: addFacts(records.map(({ facts }) => facts)).checksums,
      writeDisposition: request.target.writeDisposition,
      publishedAt: now(),
      rows: records.flatMap(({ files }) => files).reduce((sum, { rows }) => sum + rows, 0),
      verifications,
      attempt,
    };
    const next = withLoad(manifest, load, records, request, connection);
    await request.beforeCommit();
    results.push({ load: load.load, rows: load.rows, verifications, alreadyPublished: false });
    return next;
  });
  const last = results.at(-1);
  if (last === undefined) throw new RangeError('A manifest was left as it is without a reason');
  return last;
}

/** The manifest with a load more: its files beside or in place of those that are there. */
function withLoad(
  manifest: Manifest,
  load: ManifestLoad,
  records: readonly StagedRecord[],
  { target, columns, evolution }: PublishRequest,
  connection: string,
): Manifest {
  const replaces = target.writeDisposition === 'replace';
  const known =
    manifest.columns === null
      ? columns
      : checkAgainst(manifest.columns, columns, target.path ?? '', connection, evolution);
  const fresh = records.flatMap(({ files, format, columns: names }) =>
    files.map((file): PublishedFile => ({ ...file, load: load.load, format, columns: names })),
  );
  const brought = new Set(fresh.map(({ hive }) => hiveFolders(hive)));
  const stays = (file: PublishedFile): boolean =>
    !replaces && (target.writeDisposition !== 'merge' || !brought.has(hiveFolders(file.hive)));
  if (target.writeDisposition === 'merge') checkFolders(manifest, target, connection);
  const gone = manifest.files.filter((file) => !stays(file));
  const retired = [...manifest.retired, ...gone.map((file): RetiredFile => ({ ...file, retiredBy: load.load }))];
  const loads = [...manifest.loads, { ...load, retiredFiles: gone.length }];
  return {
    ...manifest,
    columns: known,
    files: [...manifest.files.filter(stays), ...fresh],
    retired: retired.filter(({ retiredBy }) => isKept(retiredBy, loads, target, load.publishedAt)),
    loads,
  };
}

/** Folders of other columns hold rows of which nobody knows whether a load brings them anew. */
function checkFolders({ files }: Manifest, { partitionBy = [], path = '' }: TargetConfig, connection: string): void {
  const other = files.find(({ hive }) => Object.keys(hive).join('\0') !== partitionBy.join('\0'));
  if (other === undefined) return;
  const message = `The files of ${path} are not partitioned by ${partitionBy.join(', ')}, so nothing can be merged into them: ${other.name}`;
  throw new TargetSchemaMismatchError(message, connection);
}

/** Whether generations that a file was retired from are still to be readable. */
export function isKept(
  retiredBy: number,
  loads: readonly ManifestLoad[],
  { keepGenerations = 7, keepFor = '24h' }: PublishRequest['target'],
  now: string,
): boolean {
  const since = loads.findIndex(({ load }) => load === retiredBy);
  if (since < 0) return true;
  const youngEnough = Date.parse(now) - Date.parse(loads[since]?.publishedAt ?? now) < durationMs(keepFor);
  return youngEnough || loads.length - since < keepGenerations;
}

/** The records of all staged partitions, once every file of them stands there as it was uploaded. */
async function stagedRecords(
  store: FolderStore,
  { runId, pipeline, staged }: PublishRequest,
  manifest: Manifest,
  connection: string,
): Promise<StagedRecord[]> {
  const area = stagingArea(runId, pipeline);
  const mark = manifest.discarded[area]?.id ?? null;
  const found = await inParallel(staged, READS_AT_ONCE, async ({ partition, facts }) => {
    const text = await store.read(recordName(area, partition));
    const record = text === null ? null : (JSON.parse(text.text) as StagedRecord);
    if (record?.mark !== mark)
      throw new StagingLostError(`The staged files of partition ${partition} are gone`, connection);
    refuseOtherFacts(partition, facts, record.facts, connection);
    return record;
  });
  const there = new Map((await store.list(`${DATA}${area}/`)).map((blob) => [blob.name, blob]));
  for (const { partition, files } of found) {
    for (const { name, bytes, md5, etag } of files) {
      const blob = there.get(name);
      if (blob === undefined)
        throw new StagingLostError(`A staged file of partition ${partition} is gone: ${name}`, connection);
      if (blob.bytes !== bytes || blob.md5 !== md5 || plain(blob.etag) !== plain(etag))
        throw new VerificationFailedError(`A staged file of partition ${partition} was changed: ${name}`, connection);
    }
  }
  return found;
}

/** Listings leave the quotes of ETags out. */
function plain(etag: string): string {
  return etag.replaceAll('"', '');
}

function refuseOtherFacts(partition: number, stated: RelationFacts, kept: RelationFacts, connection: string): void {
  const same =
    stated.rows === kept.rows &&
    Object.entries(stated.checksums).every(([key, value]) => (kept.checksums[key] ?? value) === value);
  if (!same) throw new VerificationFailedError(`Staged partition ${partition} is not what was staged`, connection);
}

function verify(
  { verify: rules, staged }: PublishRequest,
  kept: RelationFacts,
  records: readonly StagedRecord[],
  connection: string,
): VerificationResult[] {
  const stated = addFacts(staged.map(({ facts }) => facts));
  const rows = records.flatMap(({ files }) => files).reduce((sum, file) => sum + file.rows, 0);
  const results = rules.flatMap((rule): VerificationResult[] => {
    if ('rowCount' in rule) return [result('rowCount', String(stated.rows), String(rows))];
    if ('sql' in rule) throw new VerificationFailedError('A blob target runs no SQL', connection);
    const keys = rule.checksum === '*' ? Object.keys(stated.checksums) : rule.checksum;
    return keys.map((key) =>
      result(
        `checksum(${key === WHOLE_ROW ? 'row' : key})`,
        stated.checksums[key] ?? (staged.length === 0 ? '0' : null),
        kept.checksums[key] ?? '0',
      ),
    );
  });
  const failed = results.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    const each = failed.map(({ name, expected, actual }) => `${name} (expected ${expected}, found ${actual})`);
    throw new VerificationFailedError(`Verification failed before the commit: ${each.join('; ')}`, connection);
  }
  return results;
}

function result(name: string, expected: string | null, actual: string): VerificationResult {
  return { name, passed: expected === actual, expected: expected ?? 'no such column', actual };
}
