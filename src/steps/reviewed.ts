import { createHash } from 'node:crypto';
import type { Column } from '../model/column';
import type { Reviewed } from '../model/reviewed';
import type { Slice } from '../model/slice';

/**
 * What of a source's slice a review pins: of files their paths and versions, of a cursor where it begins. Where a cursor ends moves on with every row that
 * comes, and is not pinned. Null for a slice that is none of a live run; undefined stands for nothing to load.
 */
export function reviewedSlice(slice: Slice | undefined): Reviewed | null {
  switch (slice?.kind) {
    case undefined:
      return reviewed('nothing new to load', null);
    case 'files': {
      const files = slice.files.map(({ path, etag }) => [path, etag]).toSorted();
      return reviewed(files.length === 1 ? '1 file' : `${files.length} files`, ['files', files]);
    }
    case 'range': {
      const { column, from } = slice;
      return reviewed(from === null ? `${column} from its beginning` : `${column} from ${from}`, [
        'range',
        column,
        from,
      ]);
    }
    case 'full':
      return reviewed('everything', ['full']);
    default:
      return null;
  }
}

/** The columns of a target as they are; null for a table that is not there yet. */
export function reviewedTarget(columns: readonly Column[] | null): Reviewed {
  if (columns === null) return reviewed('no table yet', null);
  const facts = columns.map(({ name, type }) => [name, type]);
  return reviewed(columns.length === 1 ? '1 column' : `${columns.length} columns`, facts);
}

function reviewed(what: string, value: unknown): Reviewed {
  return {
    what,
    digest: createHash('sha256')
      .update(JSON.stringify([value]))
      .digest('hex'),
  };
}
