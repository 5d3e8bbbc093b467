import type { ContainerClient } from '@azure/storage-blob';
import type { TargetConfig } from '../../../config/schema/pipeline';
import type { EngineSession } from '../../../engine/engine-session';
import type { Column } from '../../../model/column';
import type {
  Evolution,
  LedgerEntry,
  PublishRequest,
  PublishResult,
  RelationFacts,
  StageRequest,
  Target,
  UndoRequest,
  UndoResult,
} from '../../../steps/load/target';
import { BLOB_TARGET } from '../../capabilities';
import { DATA, MANIFEST, STAGING, stagingArea } from './blob-paths';
import { checkAgainst } from '../../check-against';
import { exportFiles } from './export-files';
import { FolderStore } from './folder-store';
import type { ManifestLoad } from './manifest';
import { readManifest } from './manifest-store';
import { outputFormat } from './output-format';
import { publishFiles } from './publish-files';
import { stageFiles } from './stage-files';
import { discardArea, sweepFolder } from './sweep-folder';
import { targetStorageErrorOf } from '../../target-storage-error-of';
import { undoFiles } from './undo-files';
import { copySql } from './write-files';

export interface BlobTargetOptions {
  readonly container: ContainerClient;
  /** The connection's name, for errors. */
  readonly connection: string;
  /** Targets of the project's pipelines over this connection: the ledger of a pipeline stands in the folder that it owns. */
  targets(): Readonly<Record<string, TargetConfig>>;
  /** ISO 8601, UTC. */
  readonly now: () => string;
  /** Files younger than this are never stale: their run may not have been seen yet. */
  readonly staleAfterMs?: number;
}

const STALE_AFTER_MS = 5 * 60_000;

/** Folders of files in a container, each with a manifest that says which files are the current generation. */
export class BlobTarget implements Target {
  readonly kind = 'blob';
  readonly capabilities = BLOB_TARGET;

  constructor(private readonly options: BlobTargetOptions) {}

  async describe(target: TargetConfig): Promise<readonly Column[] | null> {
    return (await readManifest(this.store(target))).manifest.columns;
  }

  async checkColumns(
    target: TargetConfig,
    columns: readonly Column[],
    evolution?: Evolution,
  ): Promise<readonly Column[] | null> {
    const there = await this.describe(target);
    if (there !== null) checkAgainst(there, columns, target.path ?? '', this.options.connection, evolution);
    return there;
  }

  async ledgerSince(pipeline: string, load: number): Promise<readonly LedgerEntry[]> {
    const target = this.options.targets()[pipeline];
    if (target === undefined) return [];
    const { manifest } = await readManifest(this.store(target));
    return manifest.loads.filter((entry) => entry.pipeline === pipeline && entry.load > load).map(ledgerEntry);
  }

  stage(request: StageRequest): Promise<RelationFacts> {
    return stageFiles(this.store(request.target), request, this.options.connection);
  }

  async publish(request: PublishRequest): Promise<PublishResult> {
    const store = this.store(request.target);
    const { connection, now } = this.options;
    const result = await publishFiles(store, request, connection, now);
    try {
      const area = stagingArea(request.runId, request.pipeline);
      for (const { name } of await store.list(`${STAGING}${area}/`)) await store.remove(name);
    } catch {
      // The load is published; maintenance removes what stays.
    }
    return result;
  }

  undo(request: UndoRequest): Promise<UndoResult> {
    return undoFiles(this.store(request.target), request, this.options.now);
  }

  async discardStaging(runId: string, pipeline: string): Promise<void> {
    const target = this.options.targets()[pipeline];
    if (target !== undefined) await discardArea(this.store(target), stagingArea(runId, pipeline), this.options.now());
  }

  async dropStaleStaging(activeRunIds: readonly string[]): Promise<readonly string[]> {
    const { now, staleAfterMs = STALE_AFTER_MS } = this.options;
    const removed: string[] = [];
    for (const target of Object.values(this.options.targets()))
      removed.push(...(await sweepFolder(this.store(target), target, activeRunIds, now(), staleAfterMs)));
    return removed;
  }

  async exportPublished(
    target: TargetConfig,
    columns: readonly string[],
    file: string,
    engine: EngineSession,
  ): Promise<number> {
    return exportFiles(this.store(target), target.path ?? '', columns, file, engine, this.options.connection);
  }

  explain(target: TargetConfig, columns: readonly Column[]): readonly string[] {
    const format = outputFormat(target);
    const { partitionBy = [], path = '', fileSize = 268_435_456 } = target;
    const each = partitionBy.length > 0 ? `   -- for each ${partitionBy.join(', ')}` : '';
    return [
      `${copySql('SELECT * FROM rows', 'files', columns, format, fileSize)}${each}`,
      `PUT ${path}/${DATA}<run>/<partition>/...`,
      `PUT ${path}/${MANIFEST}   -- If-Match: one conditional write publishes (${target.writeDisposition})`,
    ];
  }

  async test(): Promise<readonly string[]> {
    const { container, connection } = this.options;
    try {
      await container.getProperties();
    } catch (error) {
      throw targetStorageErrorOf(error, container.containerName, connection);
    }
    return [`The container ${container.containerName} of ${new URL(container.url).host} answers.`];
  }

  /** Nothing is kept open between calls. */
  async close(): Promise<void> {}

  private store({ path }: TargetConfig): FolderStore {
    if (path === undefined) throw new RangeError('A blob target names a path');
    return new FolderStore(this.options.container, path, this.options.connection);
  }
}

function ledgerEntry({
  rows: _rows,
  verifications: _verifications,
  attempt: _attempt,
  retiredFiles: _retiredFiles,
  undid: _undid,
  ...entry
}: ManifestLoad): LedgerEntry {
  return entry;
}
