import type { Failure } from './failure';

/** What works of a connection, in words. */
export interface ConnectionTest {
  readonly connection: string;
  readonly kind: string;
  readonly works: boolean;
  readonly uses: readonly ConnectionUse[];
}

/** A connection as one side of a pipeline. */
export interface ConnectionUse {
  readonly as: 'source' | 'target';
  readonly works: boolean;
  /** What was found, sentence by sentence. */
  readonly findings: readonly string[];
  readonly failure: Pick<Failure, 'code' | 'class' | 'message' | 'nextAction'> | null;
}
