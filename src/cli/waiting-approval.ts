/** What the API says of an approval, as far as commands show it. */
export interface ShownApproval {
  readonly approval: string;
  readonly state: string;
  readonly summary: string;
  readonly environment: string;
  readonly requester: string;
  readonly requestedAt: string;
  readonly deadlineAt: string;
  readonly reason: string;
}

/** An answer that may say that the work waits for an approval. */
export interface MaybeWaiting {
  readonly approval?: ShownApproval;
}

/** Says what the work waits for. */
export function waitingText({ approval, deadlineAt, summary }: ShownApproval): string {
  return `Waits until somebody else approves it, at most until ${deadlineAt.slice(0, 19)}Z: ${summary}.
sluice approvals show ${approval} tells how it stands; sluice approvals approve ${approval} --reason <text> lets it go on.
`;
}
