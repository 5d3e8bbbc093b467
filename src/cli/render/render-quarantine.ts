import type { BatchReview, ReviewDecision, ReviewState } from '../../model/quarantine-review';
import { plural } from './render-problems';

/** A batch in the answer of `GET /api/quarantine`. */
export interface ListedBatch {
  readonly batch: string;
  readonly rows: number;
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
  readonly at: string;
}

/** The answer of `GET /api/quarantine/{batch}`. */
export interface DescribedBatch extends ListedBatch {
  readonly pipeline: string;
  readonly counts: Readonly<Record<ReviewState, number>>;
  /** Columns whose values the pipeline hides. */
  readonly masked?: readonly string[];
  readonly review: Pick<BatchReview, 'requested' | 'runId' | 'failure' | 'closedAt'>;
}

/** A row in the answer of `GET /api/quarantine/{batch}/rows`. */
export interface ShownRow {
  readonly row: string;
  readonly state: ReviewState;
  readonly reasons: readonly string[];
  readonly raw: string | null;
  readonly values: Readonly<Record<string, string | null>>;
  readonly edits: Readonly<Record<string, string | null>>;
  readonly decision: ReviewDecision | null;
  readonly reason: string | null;
  readonly by: string | null;
}

/** A change in the history of a row. */
export interface RowChange extends Pick<ShownRow, 'state' | 'decision' | 'reason' | 'by' | 'edits'> {
  readonly at: string | null;
}

/** A line for each batch, and its reasons below. */
export function renderBatches(batches: readonly ListedBatch[]): string {
  if (batches.length === 0) return 'No rows are quarantined.\n';
  return batches
    .map(({ batch, rows, reasons, at }) => `${batch}  ${plural(rows, 'row')}  ${at}\n${reasonLines(reasons)}`)
    .join('');
}

/** A batch: how many rows stand where, and how its last release went. */
export function renderBatch({ batch, rows, reasons, counts, review, masked = [] }: DescribedBatch): string {
  const stands = Object.entries(counts).filter(([, count]) => count > 0);
  const said = stands.map(([state, count]) => `${count} ${state}`).join(', ');
  const { requested, failure } = review;
  return [
    `${batch}: ${plural(rows, 'row')}, ${said}\n${reasonLines(reasons)}`,
    masked.length === 0 ? '' : `  masked: ${masked.join(', ')}\n`,
    requested === null ? '' : `  a release is under way, asked for by ${requested.by} at ${requested.at}\n`,
    failure === null ? '' : `  the last release failed: ${failure}\n`,
  ].join('');
}

function reasonLines(reasons: ListedBatch['reasons']): string {
  return reasons.map(({ reason, rows }) => `  ${rows}  ${reason}\n`).join('');
}

/** A row: where it stands and why, what somebody said of it, and its values with the edits beside them. */
export function renderRow({ row, state, reasons, raw, values, edits, decision, reason, by }: ShownRow): string {
  const columns = [...new Set([...Object.keys(values), ...Object.keys(edits)])];
  const told = columns.map((name) => {
    const edited = Object.hasOwn(edits, name) ? ` → ${valueText(edits[name])}` : '';
    return `${name}=${valueText(values[name])}${edited}`;
  });
  const lines = [`${row}  ${state}  ${reasons.join(', ')}`];
  if (by !== null) lines.push(`    ${decision ?? 'edited'} by ${by}: ${reason ?? ''}`);
  if (raw !== null) lines.push(`    line ${JSON.stringify(raw)}`);
  lines.push(`    ${told.join('  ')}`, '');
  return lines.join('\n');
}

/** The changes of a row, the oldest first. */
export function renderHistory(history: readonly RowChange[]): string {
  const lines = history.map(({ at, by, state, decision, reason }) => {
    return `    ${at ?? ''}  ${by ?? ''}  ${decision ?? 'edited'}, ${state}: ${reason ?? ''}\n`;
  });
  return lines.length === 0 ? '' : `  history\n${lines.join('')}`;
}

function valueText(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'null';
  return /^[\w.:/+-]+$/.test(value) && value !== 'null' ? value : JSON.stringify(value);
}
