import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import type { SourceConfig } from '../../../config/schema/source';
import type { EngineSession } from '../../../engine/engine-session';
import { SourceNotFoundError } from '../../../errors/source-not-found-error';
import { durationMs } from '../../../model/duration';
import type { FileVersion, Partition } from '../../../model/slice';
import { chooseFiles } from '../../../steps/extract/choose-files';
import type { Source, SourcePlan, SourcePlanRequest, SourceRelation } from '../../../steps/extract/source';
import { BLOB_SOURCE } from '../../capabilities';
import { BlobDownload } from './blob-download';
import { isPattern, listFiles } from './list-files';
import { openCsv } from './open-csv';
import { openJson } from './open-json';
import { openParquet } from './open-parquet';
import type { BlobPartitionSpec } from './partition-spec';
import { planFiles } from './plan-files';
import { resolveFormat } from './resolve-format';
import { storageErrorOf } from '../../storage-error-of';

export interface BlobSourceOptions {
  readonly client: BlobServiceClient;
  readonly container: string;
  /** The connection's name, for errors. */
  readonly connection: string;
  /** Milliseconds since the epoch; for the settle time. */
  readonly now?: () => number;
}

/** Files of a blob container (or of an ADLS file system): csv, ndjson, json, parquet; plain, gzip or zstd. */
export class BlobSource implements Source {
  readonly kind = 'blob';
  readonly capabilities = BLOB_SOURCE;
  private readonly container: ContainerClient;
  private readonly connection: string;
  private readonly download: BlobDownload;
  private readonly now: () => number;

  constructor({ client, container, connection, now = Date.now }: BlobSourceOptions) {
    this.container = client.getContainerClient(container);
    this.connection = connection;
    this.download = new BlobDownload(this.container, connection);
    this.now = now;
  }

  async plan({ config, writeDisposition, definitionHash, watermark, session }: SourcePlanRequest): Promise<SourcePlan> {
    const format = resolveFormat(config, this.connection);
    const pattern = config.files ?? '';
    const files = await listFiles(this.container, pattern, this.connection);
    const incremental = config.incremental?.by === 'file';
    if (files.length === 0) {
      // Files that were loaded may be cleared away afterwards; a file that is named must be there, and an empty replace is never meant.
      const cleared = incremental && writeDisposition === 'append' && isPattern(pattern);
      if (cleared && watermark !== null && watermark.files.length > 0) {
        return { outcome: 'up-to-date', reason: `already loaded: no file matches ${pattern} any more`, notes: [] };
      }
      throw new SourceNotFoundError(`${this.container.containerName}/${pattern}`, this.connection);
    }
    const settleMs = config.settle === undefined ? 0 : durationMs(config.settle);
    const now = this.now();
    const chosen = chooseFiles({ files, incremental, writeDisposition, watermark, definitionHash, settleMs, now });
    if (chosen.outcome === 'up-to-date') return chosen;
    const planned = await planFiles(chosen.files, config, format, this.download, session, this.connection);
    return { outcome: 'planned', slice: { kind: 'files', files: chosen.files }, ...planned, notes: chosen.notes };
  }

  async open(partition: Partition, config: SourceConfig, session: EngineSession): Promise<SourceRelation> {
    // Made by `plan` and carried unchanged in an immutable blob.
    const spec = partition.spec as BlobPartitionSpec;
    const format = resolveFormat(config, this.connection);
    switch (format.type) {
      case 'parquet':
        return openParquet(spec, this.download, session);
      case 'csv':
        return openCsv(spec, format, this.download, session, this.connection);
      default:
        return openJson(spec, config, format, this.download, session, this.connection);
    }
  }

  async test(): Promise<readonly string[]> {
    let first: FileVersion['path'] | null = null;
    try {
      for await (const page of this.container.listBlobsFlat().byPage({ maxPageSize: 1 })) {
        first = page.segment.blobItems[0]?.name ?? null;
        break;
      }
    } catch (error) {
      throw storageErrorOf(error, `container ${this.container.containerName}`, this.connection);
    }
    return [
      `The container ${this.container.containerName} can be listed.`,
      first === null ? 'It is empty.' : `It holds ${first}, among others perhaps.`,
    ];
  }

  /** Nothing is kept open between calls. */
  async close(): Promise<void> {}
}
