import type { SourceCapabilities } from '../steps/extract/source';
import type { TargetCapabilities } from '../steps/load/target';

export const BLOB_SOURCE: SourceCapabilities = {
  incrementalBy: ['file'],
  formats: ['csv', 'ndjson', 'json', 'parquet'],
  partitioning: ['files', 'row-groups'],
};

export const FOLDER_SOURCE: SourceCapabilities = BLOB_SOURCE;

export const HTTP_SOURCE: SourceCapabilities = {
  incrementalBy: ['column'],
  formats: ['json', 'ndjson', 'csv'],
  partitioning: [],
};

export const TABLES_SOURCE: SourceCapabilities = { incrementalBy: ['column'], formats: [], partitioning: [] };

export const POSTGRES_SOURCE: SourceCapabilities = {
  incrementalBy: ['column'],
  formats: [],
  partitioning: ['key-range', 'hash'],
};

export const POSTGRES_TARGET: TargetCapabilities = {
  writeDispositions: ['append', 'replace', 'merge'],
  transactions: true,
  sqlVerification: true,
  uniqueKeys: true,
  replacesFiles: true,
  undo: true,
  evolves: true,
};

export const BLOB_TARGET: TargetCapabilities = {
  writeDispositions: ['append', 'replace', 'merge'],
  transactions: true,
  sqlVerification: false,
  uniqueKeys: false,
  replacesFiles: false,
  undo: true,
  evolves: true,
};

export const TABLES_TARGET: TargetCapabilities = {
  writeDispositions: ['merge'],
  transactions: false,
  sqlVerification: false,
  uniqueKeys: true,
  replacesFiles: false,
  undo: false,
  evolves: true,
};

/** What each kind of connection can do as a source. Data only: no driver is loaded for it. */
export const SOURCE_CAPABILITIES: Readonly<Record<string, SourceCapabilities>> = {
  blob: BLOB_SOURCE,
  folder: FOLDER_SOURCE,
  http: HTTP_SOURCE,
  postgres: POSTGRES_SOURCE,
  tables: TABLES_SOURCE,
};

/** What each kind of connection can do as a target. */
export const TARGET_CAPABILITIES: Readonly<Record<string, TargetCapabilities>> = {
  blob: BLOB_TARGET,
  postgres: POSTGRES_TARGET,
  tables: TABLES_TARGET,
};
