/** Input of the `approval` orchestration. `deadlineAt` is milliseconds since 1970. */
export interface ApprovalInput {
  readonly approval: string;
  readonly deadlineAt: number;
}

/** `now` is the orchestration's clock, ISO 8601, UTC. */
export interface SettleApprovalInput {
  readonly approval: string;
  readonly now: string;
}

export interface SettledApproval {
  /** Nothing is left to be done. */
  readonly ended: boolean;
}
