import type { SourceConfig } from '../../config/schema/source';
import type { EngineSession } from '../../engine/engine-session';
import { SourceNotFoundError } from '../../errors/source-not-found-error';
import { durationMs } from '../../model/duration';
import type { Partition } from '../../model/slice';
import { chooseFiles } from '../../steps/extract/choose-files';
import type {
  Source,
  SourceCapabilities,
  SourcePlan,
  SourcePlanRequest,
  SourceRelation,
} from '../../steps/extract/source';
import type { FileStore } from './file-store';
import { isPattern } from './is-pattern';
import { openCsv } from './open-csv';
import { openJson } from './open-json';
import { openParquet } from './open-parquet';
import type { FilePartitionSpec } from './partition-spec';
import { planFiles } from './plan-files';
import { resolveFormat } from './resolve-format';

export interface FileSourceOptions {
  readonly kind: string;
  readonly capabilities: SourceCapabilities;
  readonly store: FileStore;
  /** The connection's name, for errors. */
  readonly connection: string;
  /** Milliseconds since the epoch; for the settle time. */
  readonly now?: () => number;
}

/** Files: csv, ndjson, json, parquet; plain, gzip or zstd; wherever their store has them. */
export class FileSource implements Source {
  readonly kind: string;
  readonly capabilities: SourceCapabilities;
  private readonly store: FileStore;
  private readonly connection: string;
  private readonly now: () => number;

  constructor({ kind, capabilities, store, connection, now = Date.now }: FileSourceOptions) {
    this.kind = kind;
    this.capabilities = capabilities;
    this.store = store;
    this.connection = connection;
    this.now = now;
  }

  async plan({ config, writeDisposition, definitionHash, watermark, session }: SourcePlanRequest): Promise<SourcePlan> {
    const format = resolveFormat(config, this.connection);
    const pattern = config.files ?? '';
    const files = await this.store.list(pattern);
    const incremental = config.incremental?.by === 'file';
    if (files.length === 0) {
      // Files that were loaded may be cleared away afterwards; a file that is named must be there, and an empty replace is never meant.
      const cleared = incremental && writeDisposition !== 'replace' && isPattern(pattern);
      if (cleared && watermark !== null && watermark.files.length > 0) {
        return { outcome: 'up-to-date', reason: `already loaded: no file matches ${pattern} any more`, notes: [] };
      }
      throw new SourceNotFoundError(`${this.store.name}/${pattern}`, this.connection);
    }
    const settleMs = config.settle === undefined ? 0 : durationMs(config.settle);
    const now = this.now();
    const chosen = chooseFiles({ files, incremental, writeDisposition, watermark, definitionHash, settleMs, now });
    if (chosen.outcome === 'up-to-date') return chosen;
    const planned = await planFiles(chosen.files, config, format, this.store, session, this.connection);
    return { outcome: 'planned', slice: { kind: 'files', files: chosen.files }, ...planned, notes: chosen.notes };
  }

  async open(partition: Partition, config: SourceConfig, session: EngineSession): Promise<SourceRelation> {
    // Made by `plan` and carried unchanged in an immutable blob.
    const spec = partition.spec as FilePartitionSpec;
    const format = resolveFormat(config, this.connection);
    switch (format.type) {
      case 'parquet':
        return openParquet(spec, this.store, session);
      case 'csv':
        return openCsv(spec, format, this.store, session, this.connection);
      default:
        return openJson(spec, config, format, this.store, session, this.connection);
    }
  }

  test(): Promise<readonly string[]> {
    return this.store.test();
  }

  /** Nothing is kept open between calls. */
  async close(): Promise<void> {}
}
