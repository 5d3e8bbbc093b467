import { describePipeline, Progress } from '../../../src/report/progress';
import { pipelineRecord, runRecord } from '../../local/demo/run-record';

const underWay = (done: number) =>
  pipelineRecord({
    status: 'InProgress',
    endedAt: null,
    steps: [
      { step: 'extract', status: 'InProgress', partitions: { total: 8, done }, rows: done * 1000 },
      { step: 'transform', status: 'Queued', partitions: { total: 8, done: 0 }, rows: 0 },
    ] as never,
  });

function output(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 60, write: (text: string) => written.push(text) };
}

describe('Progress', () => {
  it('describes the step under way', () => {
    expect(describePipeline(underWay(5))).toBe('flights       extract           5/8 partitions    5,000 rows');
    expect(describePipeline(pipelineRecord({ reason: 'already loaded' }))).toBe(
      'flights       succeeded: already loaded',
    );
  });

  it('writes a line per change where there is no terminal', () => {
    const out = output(false);
    const progress = new Progress(out);
    for (const done of [1, 1, 2]) progress.update(runRecord([underWay(done)]));
    expect(out.written).toEqual([`${describePipeline(underWay(1))}\n`, `${describePipeline(underWay(2))}\n`]);
  });

  it('rewrites its lines on a terminal, cut to its width', () => {
    const out = output(true);
    const progress = new Progress(out);
    progress.update(runRecord([underWay(1)]));
    progress.update(runRecord([pipelineRecord({ reason: 'x'.repeat(100) })]));
    expect(out.written[0]).not.toContain('\u001b[1A');
    expect(out.written[1]).toMatch(/^\u001b\[1A\u001b\[2K.{59}\n$/);
  });
});
