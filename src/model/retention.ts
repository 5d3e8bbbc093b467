import type { Tier } from './prices';

/** Classes of what stands in the container of artifacts. */
export type BlobClassName =
  'artifacts' | 'quarantine' | 'releases' | 'seen' | 'references' | 'plans' | 'records' | 'others';

/** What is done with the blobs of one pipeline: ages in milliseconds. */
export interface BlobPolicy {
  readonly artifactsMs: number;
  readonly quarantineMs: number;
  /** Null: nothing is moved. */
  readonly archive: { readonly afterMs: number; readonly tier: Exclude<Tier, 'hot'> } | null;
}

/** What one policy did, or would do in a dry run. */
export interface PolicyReport {
  /** The class of data: `artifacts`, `quarantine`, `checks`, ... */
  readonly policy: string;
  /** Null for what belongs to no pipeline. */
  readonly pipeline: string | null;
  readonly action: 'delete' | 'archive';
  /** Blobs, or rows of a table. */
  readonly count: number;
  /** Of blobs; 0 for rows. */
  readonly bytes: number;
}

/** What stands in the container of artifacts. */
export interface Inventory {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly classes: readonly InventoryClass[];
}
export interface InventoryClass {
  readonly name: BlobClassName;
  readonly pipeline: string | null;
  readonly tier: Tier;
  readonly count: number;
  readonly bytes: number;
  /** Of those that nothing has touched for 30 days. */
  readonly oldBytes: number;
}
