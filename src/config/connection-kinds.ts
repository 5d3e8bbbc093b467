import type { Connection } from './schema/connection';
import type { TargetConfig } from './schema/pipeline';
import type { SourceConfig } from './schema/source';

/** What each kind of connection can be used for: the part of a connector's capabilities that files alone decide. */
export interface ConnectionKind {
  readonly isSource: boolean;
  /** Keys of `source` of which exactly one says what is read; none when it cannot be one. */
  readonly reads: readonly ('files' | 'table' | 'query' | 'request')[];
  /** Keys of `source` that mean nothing here. */
  readonly ignores: readonly SourceKey[];
  readonly incrementalBy: readonly ('file' | 'column')[];
  /** Write dispositions as a target; none when it cannot be one. */
  readonly writeDispositions: readonly TargetConfig['writeDisposition'][];
  /** Keys of `target` that say where rows go: all of them must be there. */
  readonly loads: readonly TargetKey[];
  /** Keys of `target` that mean nothing here. */
  readonly ignoresInTarget: readonly TargetKey[];
  /** Whether `verify` may hold SQL. */
  readonly sqlVerification: boolean;
}

type SourceKey = Exclude<keyof SourceConfig, 'connection'>;
type TargetKey = Exclude<keyof TargetConfig, 'connection' | 'writeDisposition'>;

const OF_FILES: readonly TargetKey[] = ['path', 'format', 'partitionBy', 'fileSize', 'keepGenerations', 'keepFor'];
const OF_ENTITIES: readonly TargetKey[] = ['partitionKey', 'rowKey'];
const NO_TARGET = { writeDispositions: [], loads: [], ignoresInTarget: [], sqlVerification: false } as const;

export const CONNECTION_KINDS: Readonly<Record<Connection['kind'], ConnectionKind>> = {
  blob: {
    isSource: true,
    reads: ['files'],
    ignores: ['table', 'filter', 'query', 'request', 'pagination'],
    incrementalBy: ['file'],
    writeDispositions: ['append', 'replace', 'merge'],
    loads: ['path'],
    ignoresInTarget: ['table', 'key', 'merge', 'undo', ...OF_ENTITIES],
    sqlVerification: false,
  },
  folder: {
    isSource: true,
    reads: ['files'],
    ignores: ['table', 'filter', 'query', 'request', 'pagination'],
    incrementalBy: ['file'],
    ...NO_TARGET,
  },
  http: {
    isSource: true,
    reads: ['request'],
    ignores: ['files', 'table', 'filter', 'query', 'settle'],
    incrementalBy: ['column'],
    ...NO_TARGET,
  },
  tables: {
    isSource: true,
    reads: ['table'],
    ignores: ['files', 'query', 'format', 'settle', 'request', 'pagination'],
    incrementalBy: ['column'],
    writeDispositions: ['merge'],
    loads: ['table', 'partitionKey', 'rowKey'],
    ignoresInTarget: ['key', 'merge', 'undo', ...OF_FILES],
    sqlVerification: false,
  },
  postgres: {
    isSource: true,
    reads: ['table', 'query'],
    ignores: ['files', 'filter', 'format', 'settle', 'request', 'pagination'],
    incrementalBy: ['column'],
    writeDispositions: ['append', 'replace', 'merge'],
    loads: ['table'],
    ignoresInTarget: [...OF_FILES, ...OF_ENTITIES],
    sqlVerification: true,
  },
};
