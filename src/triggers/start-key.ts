import { createHash, randomUUID } from 'node:crypto';

/** What makes two starts the same one. */
export type StartIdentity =
  | { readonly kind: 'manual'; readonly idempotencyKey?: string }
  | { readonly kind: 'schedule'; readonly pipeline: string; readonly dueAt: string }
  | { readonly kind: 'file'; readonly pipeline: string; readonly path: string; readonly etag: string }
  | { readonly kind: 'release'; readonly release: string; readonly attempt?: number }
  | { readonly kind: 'backfill'; readonly backfill: string; readonly window: number };

/**
 * The key of a start: a hash of its due time in UTC, of the file's path and ETag whichever trigger saw it, or of the
 * caller's idempotency key, of the release's id. A request without one is like no other.
 */
export function startKeyOf(identity: StartIdentity): string {
  return createHash('sha256')
    .update(JSON.stringify(partsOf(identity)))
    .digest('hex');
}

function partsOf(identity: StartIdentity): readonly string[] {
  switch (identity.kind) {
    case 'manual':
      return ['manual', identity.idempotencyKey === undefined ? randomUUID() : `key ${identity.idempotencyKey}`];
    case 'schedule':
      return ['schedule', identity.pipeline, identity.dueAt];
    case 'file':
      return ['file', identity.pipeline, identity.path, plainEtag(identity.etag)];
    case 'release':
      return ['release', identity.release, ...(identity.attempt ? [String(identity.attempt)] : [])];
    case 'backfill':
      return ['backfill', identity.backfill, String(identity.window)];
  }
}

/** A short hash of a text, for ids. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** The run that a key starts: also the instance id of its master, so safe in URLs. */
export function runIdOf(startKey: string): string {
  return `run-${startKey.slice(0, 24)}`;
}

/** Blob properties give ETags in quotes, events without. */
export function plainEtag(etag: string): string {
  return etag.replace(/^W\//, '').replaceAll('"', '');
}
