import type { Column } from '../../model/column';
import type { BoundPipeline } from './bind-pipeline';
import type { ChainLink } from './chain-link';

/** The links between two steps that make rows anew: each is run for itself, and the rows that leave in it are set aside. */
export interface Segment {
  /** Index of its first link in the pipeline. */
  readonly first: number;
  readonly links: readonly ChainLink[];
  /** The link that makes the rows of the next segment; null for the last. */
  readonly reshape: ChainLink | null;
  /** Index of the transform step at which its rows go in. */
  readonly entry: number;
  /** User columns of the rows that go in. */
  readonly columns: readonly Column[];
}

/** The chain cut at its reshaping links; without any, one segment. */
export function segmentsOf(bound: BoundPipeline, columns: readonly Column[], entry: number): Segment[] {
  const segments: Segment[] = [];
  let start = { first: 0, columns, entry };
  bound.links.forEach((link, index) => {
    if (link.reshape === null) return;
    segments.push({ ...start, links: bound.links.slice(start.first, index), reshape: link });
    start = { first: index + 1, columns: link.columns, entry: link.step + 1 };
  });
  return [...segments, { ...start, links: bound.links.slice(start.first), reshape: null }];
}
