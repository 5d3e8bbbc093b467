import { createHash } from 'node:crypto';

/** A place in a trace, as W3C's `traceparent` carries it: lower-case hexadecimal, 32 and 16 digits. */
export interface TracePlace {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

const PATTERN = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** What a `traceparent` names; null for what is none: https://www.w3.org/TR/trace-context/#traceparent-header */
export function parseTraceparent(text: string | null | undefined): TracePlace | null {
  const [, traceId, spanId, flags] = PATTERN.exec(text?.trim() ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined || text?.startsWith('ff')) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The header of a place. */
export function formatTraceparent({ traceId, spanId, sampled }: TracePlace): string {
  return `00-${traceId}-${spanId}-0${sampled ? 1 : 0}`;
}

/** The trace of a run that was started without one: always the same for the same run. */
export function derivedTraceId(runId: string): string {
  return hash(`trace of ${runId}`).slice(0, 32);
}

/**
 * The id of the span of a run (`[runId]`), a pipeline (`[runId, pipeline]`) or a step (`[runId, pipeline, step]`): whoever works on a part
 * of it knows its id before the span is written, in whichever process.
 */
export function spanIdOf(path: readonly string[]): string {
  return hash(`span of ${path.join('/')}`).slice(0, 16);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
