import type { PipelineRunRecord, RunRecord } from '../durable/contracts/run-record';
import { groupDigits } from './render-table';

/** Where progress goes: a stream with, on a terminal, a width. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows a run while it is under way: lines rewritten in place on a terminal, a line per change elsewhere. */
export class Progress {
  private readonly shown = new Map<string, string>();
  private linesOnScreen = 0;

  constructor(private readonly output: ProgressOutput) {}

  /** Shows the state of the run, where it differs from what is shown. */
  update(record: RunRecord): void {
    const lines = record.pipelines.map((pipeline) => [pipeline.pipeline, describePipeline(pipeline)] as const);
    if (this.output.isTTY === true) {
      this.rewrite(lines.map(([, line]) => line));
      return;
    }
    for (const [pipeline, line] of lines) {
      if (this.shown.get(pipeline) !== line) this.output.write(`${line}\n`);
      this.shown.set(pipeline, line);
    }
  }

  private rewrite(lines: readonly string[]): void {
    // A terminal that does not know its width says 0.
    const { columns = 0 } = this.output;
    const width = (columns === 0 ? 80 : columns) - 1;
    const up = this.linesOnScreen > 0 ? `\u001b[${this.linesOnScreen}A` : '';
    this.output.write(`${up}${lines.map((line) => `\u001b[2K${line.slice(0, width)}\n`).join('')}`);
    this.linesOnScreen = lines.length;
  }
}

/** One line: the pipeline, its step under way or its end, partitions done, rows. */
export function describePipeline(record: PipelineRunRecord): string {
  const name = record.pipeline.padEnd(14);
  if (record.status === 'InProgress') {
    const step = record.steps.findLast(({ status }) => status !== 'Queued');
    if (step === undefined) return `${name}starting`;
    const { done, total } = step.partitions;
    const partitions = total > 0 ? `${done}/${total} partitions` : '';
    const rows = step.rows > 0 ? `${groupDigits(step.rows)} rows` : '';
    return `${name}${step.step.padEnd(18)}${partitions.padEnd(18)}${rows}`.trimEnd();
  }
  const reason = record.reason === null ? '' : `: ${record.reason}`;
  return `${name}${record.status.toLowerCase()}${reason}`;
}
