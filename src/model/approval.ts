import type { Failure } from './failure';

/** A value of a run's parameter. */
type Scalar = string | number | boolean | null;

/** What is done once somebody approves it. */
export type ApprovalAction =
  /** A deployment brought these versions, by pipeline. */
  | { readonly kind: 'change'; readonly versions: Readonly<Record<string, string>> }
  /** A version is to be used in place of the deployed one, or the deployed one again. */
  | { readonly kind: 'activation'; readonly pipeline: string; readonly hash: string }
  | { readonly kind: 'undo'; readonly runId: string }
  | {
      readonly kind: 'backfill';
      readonly pipeline: string;
      /** The version of the pipeline that the request was made for. */
      readonly version: string;
      readonly from: string | number;
      readonly to: string | number;
      readonly window: string | number;
      readonly maxParallel: number;
      readonly stopOnFailure: boolean;
      readonly evenPaused: boolean;
      readonly parameters?: Readonly<Record<string, Scalar>>;
      readonly idempotencyKey?: string;
    }
  /** Decided rows of a quarantine batch: those, with the values and decisions that they had when it was asked for. */
  | {
      readonly kind: 'release';
      readonly batch: string;
      readonly rows: number;
      /** Of the rows as they were looked at; absent in what was asked for before there was one. */
      readonly digest?: string;
    };

/** What waits for somebody else's word; never changed. Times are ISO 8601, UTC. */
export interface ApprovalRequest {
  readonly id: string;
  readonly action: ApprovalAction;
  readonly environment: string;
  readonly requester: string;
  /** The account of the requester, where one is known: it keeps its id when it gets another name. */
  readonly requesterId?: string;
  readonly requestedAt: string;
  readonly deadlineAt: string;
  readonly reason: string;
  /** One sentence: what would be done. */
  readonly summary: string;
  readonly correlationId: string;
}

export type Verdict = 'approved' | 'rejected' | 'expired' | 'withdrawn';

/** The first decision stands, whoever takes it: a person, or the deadline. */
export interface ApprovalDecision {
  readonly verdict: Verdict;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** What came of it. */
export interface ApprovalEnd {
  readonly at: string;
  /** What was started: `run`, `backfill` and the like, by name. */
  readonly result: Readonly<Record<string, string | number>>;
  /** Why nothing was done although it was approved. */
  readonly failure: Failure | null;
}

export interface ApprovalRecord extends ApprovalRequest {
  /** Null while it waits. */
  readonly decision: ApprovalDecision | null;
  /** Null until what follows from the decision is done. */
  readonly end: ApprovalEnd | null;
}

/** `approved`: somebody said yes, and it is being done; `done` and `failed`: it was, or could not be. */
export type ApprovalState = 'waiting' | 'approved' | 'done' | 'failed' | 'rejected' | 'expired' | 'withdrawn';
export const APPROVAL_STATES = [
  'waiting',
  'approved',
  'done',
  'failed',
  'rejected',
  'expired',
  'withdrawn',
] as const satisfies readonly ApprovalState[];

/** Where an approval stands. */
export function approvalState({ decision, end }: Pick<ApprovalRecord, 'decision' | 'end'>): ApprovalState {
  if (decision === null) return 'waiting';
  if (decision.verdict !== 'approved') return decision.verdict;
  if (end === null) return 'approved';
  return end.failure === null ? 'done' : 'failed';
}
