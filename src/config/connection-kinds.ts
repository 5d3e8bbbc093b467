import type { Connection } from './schema/connection';
import type { TargetConfig } from './schema/pipeline';

/** What each kind of connection can be used for: the part of a connector's capabilities that files alone decide. */
export interface ConnectionKind {
  readonly isSource: boolean;
  /** Write dispositions as a target; none when it cannot be one. */
  readonly writeDispositions: readonly TargetConfig['writeDisposition'][];
}

export const CONNECTION_KINDS: Readonly<Record<Connection['kind'], ConnectionKind>> = {
  blob: { isSource: true, writeDispositions: [] },
  postgres: { isSource: false, writeDispositions: ['append', 'replace'] },
};
