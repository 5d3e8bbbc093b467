import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { Batch, BatchInDetail } from '../api/types';

/** Batches that are asked about; older ones are counted whole. */
const MOST_ASKED = 20;

/** Rows of one pipeline that nobody has decided about, or that are decided and not released. */
export interface WaitingRows {
  readonly pipeline: string;
  readonly open: number;
  readonly decided: number;
}

/** How many rows of the batches wait for somebody; undefined until that is known. What cannot be asked counts as open. */
export function useWaitingRows(batches: readonly Batch[] | undefined): readonly WaitingRows[] | undefined {
  const [waiting, setWaiting] = useState<readonly WaitingRows[]>();
  const key = batches?.map(({ batch }) => batch).join(' ');
  useEffect(() => {
    if (batches === undefined) return;
    const abort = new AbortController();
    const looks = batches.map(async ({ batch, pipeline, rows }, index): Promise<WaitingRows> => {
      if (index >= MOST_ASKED) return { pipeline, open: rows, decided: 0 };
      const path = `quarantine/${encodeURIComponent(batch)}`;
      const { counts } = await ask<BatchInDetail>('GET', path, undefined, abort.signal);
      return { pipeline, open: counts.open, decided: counts.decided };
    });
    Promise.all(looks).then(setWaiting, () => undefined);
    return () => abort.abort();
  }, [key]);
  return waiting;
}
