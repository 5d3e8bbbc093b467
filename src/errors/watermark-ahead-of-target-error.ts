import { SluiceError } from './sluice-error';

/** The target does not know the load that the stored watermark ends at: it was restored, emptied or made anew. */
export class WatermarkAheadOfTargetError extends SluiceError {
  constructor(pipeline: string, load: number, newest: number, connection: string) {
    super(
      `The watermark of ${pipeline} ends at load ${load}, and the ledger in the target ${newest === 0 ? 'has no load of it' : `ends at load ${newest}`}`,
      {
        class: 'persistent',
        code: 'watermark-ahead-of-target',
        nextAction:
          'Restore the ledger of the target, or remove the watermark of the pipeline so that its files are loaded again: see the runbook.',
        connection,
      },
    );
  }
}
