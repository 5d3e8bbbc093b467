import type { BlobRef } from './artifact';

/** A definition of a pipeline that was deployed in an environment: kept for good, under the hash of what it says. */
export interface DefinitionVersion {
  readonly pipeline: string;
  /** SHA-256, lower-case hex: see `versionHash`. */
  readonly hash: string;
  readonly environment: string;
  /** When it was deployed for the first time: ISO 8601, UTC. */
  readonly firstSeenAt: string;
  /** Who deployed it, as far as the app is told. */
  readonly by: string;
  /** The definition as JSON: resolved for the environment, parameters and secrets unresolved. */
  readonly definition: BlobRef;
  /** The reference files that it reads, as they were, by path. */
  readonly files: Readonly<Record<string, BlobRef>>;
}

/** Somebody wants another version to be used than the one that is deployed. */
export interface DefinitionPin {
  readonly hash: string;
  /** The version that was deployed then: when another one is, the pin has ended. */
  readonly over: string;
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly reason: string;
}

/** Which versions of a pipeline matter now. */
export interface DefinitionHead {
  readonly pipeline: string;
  readonly deployed: string;
  /** ISO 8601, UTC. */
  readonly deployedAt: string;
  /** The version that runs may use where changes wait for an approval; null before the first one is approved. */
  readonly approved: string | null;
  readonly pin: DefinitionPin | null;
  /** Changes so far. */
  readonly version: number;
}

/** What happened to the definition of a pipeline. */
export interface DefinitionEvent {
  readonly pipeline: string;
  readonly at: string;
  /** `deployed`: a deployment brought it; `approved`; `activated`: in place of the deployed one; `followed`: the deployed one is used again. */
  readonly kind: 'deployed' | 'approved' | 'activated' | 'followed';
  readonly hash: string;
  readonly by: string;
  readonly reason: string;
}

/** Which version runs use, and why. */
export interface UsedVersion {
  /** Null where none may be used before somebody approves it. */
  readonly hash: string | null;
  readonly why: 'deployed' | 'activated' | 'approved' | 'waits-for-approval';
}

/** Which version runs use: a pin over what is deployed, else the deployed one, or the last approved one where changes wait for that. */
export function usedVersion(head: DefinitionHead | undefined, deployed: string, needsApproval: boolean): UsedVersion {
  if (head?.pin?.over === deployed) return { hash: head.pin.hash, why: 'activated' };
  if (!needsApproval || head?.approved === deployed) return { hash: deployed, why: 'deployed' };
  const approved = head?.approved ?? null;
  return { hash: approved, why: approved === null ? 'waits-for-approval' : 'approved' };
}
