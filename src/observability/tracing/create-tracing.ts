import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Outcome } from '../../durable/contracts/outcome';
import type { ObservedCall } from '../../model/observed-call';
import { redact } from '../redact';
import { giving } from './span-rules';
import { derivedTraceId, formatTraceparent, parseTraceparent, spanIdOf, type TracePlace } from './traceparent';
import type { Execution, Recorded, StartTrace, TraceparentOf, Tracing } from './tracing';

/** Runs whose trace a process remembers. */
const MOST_TRACES = 1000;
/** Quicker calls are part of their activity's time and no spans of their own: there are dozens in each, and every span is paid for. */
const SHORTEST_MS = { duckdb: 20, postgresql: 5, http: 0 } as const;
/** Statements of a database that change something are spans however quick they are. */
const READS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'SHOW', 'SET', 'BEGIN']);

/** The name of the operation, which Application Insights would leave empty for what is no HTTP request. */
const OPERATION_NAME = 'ai.operation.name';

const tracer = () => trace.getTracer('sluice');

/** Tracing over OpenTelemetry; the SDK has to have been set up with `spanRules` before. */
export function createTracing(): Tracing {
  const traces = new Map<string, Promise<TracePlace | null>>();

  /** Where a run was started; null: it names no place, and its trace follows from its id. */
  const placeOf = (runId: string, traceparentOf: TraceparentOf): Promise<TracePlace | null> => {
    const known = traces.get(runId);
    if (known !== undefined) return known;
    const place = unobserved(() => traceparentOf(runId)).then(parseTraceparent, () => {
      // Asked again with the next span.
      traces.delete(runId);
      return null;
    });
    if (traces.size >= MOST_TRACES) traces.delete(traces.keys().next().value ?? '');
    traces.set(runId, place);
    return place;
  };
  const traceIdOf = async (runId: string, traceparentOf: TraceparentOf): Promise<string> =>
    (await placeOf(runId, traceparentOf))?.traceId ?? derivedTraceId(runId);

  return {
    start: (start, work) => startInSpan(start, work),
    async activity<T>(execution: Execution, traceparentOf: TraceparentOf, work: () => Promise<Outcome<T>>) {
      const { runId, pipeline, step } = execution;
      const path =
        runId === undefined
          ? []
          : [runId, ...(pipeline === undefined ? [] : [pipeline, ...(step === undefined ? [] : [step])])];
      const parent =
        runId === undefined ? context.active() : placed(await traceIdOf(runId, traceparentOf), spanIdOf(path));
      return tracer().startActiveSpan(
        execution.activity,
        {
          kind: SpanKind.INTERNAL,
          attributes: attributesOf(execution),
          links: runId === undefined ? [] : activeLinks(),
        },
        parent,
        async (span) => {
          try {
            const outcome = await work();
            if (!outcome.ok) failed(span, outcome.failure);
            return outcome;
          } finally {
            span.end();
          }
        },
      );
    },
    async recorded({ path, name, startedAt, endedAt, status, failure, attributes }: Recorded, traceparentOf) {
      const [runId = ''] = path;
      const place = await placeOf(runId, traceparentOf);
      const isRun = path.length === 1;
      const traceId = place?.traceId ?? derivedTraceId(runId);
      const parentId = isRun ? (place?.spanId ?? spanIdOf(['nobody'])) : spanIdOf(path.slice(0, -1));
      const span = tracer().startSpan(
        name,
        {
          kind: isRun ? SpanKind.CONSUMER : SpanKind.INTERNAL,
          startTime: new Date(startedAt),
          attributes: { ...attributesOf(attributes), ...(isRun && { [OPERATION_NAME]: name }), status },
        },
        giving(placed(traceId, parentId), { spanId: spanIdOf(path), root: isRun && place === null }),
      );
      if (status === 'Failed') failed(span, failure ?? { code: 'unexpected-error', message: '' }, endedAt);
      else if (isRun) span.setStatus({ code: SpanStatusCode.OK });
      span.end(new Date(endedAt));
    },
    unobserved,
    call: recordCall,
  };
}

async function startInSpan<T>(
  { trigger, joins }: { readonly trigger: string; readonly joins: boolean },
  work: (trace: StartTrace) => Promise<T>,
): Promise<T> {
  const around = joins ? trace.getSpanContext(context.active()) : undefined;
  const span = tracer().startSpan(
    'start-run',
    { kind: SpanKind.PRODUCER, attributes: { trigger }, links: around === undefined ? activeLinks() : [] },
    // A caller's span that nobody records can be no parent; its trace goes on all the same.
    around === undefined
      ? ROOT_CONTEXT
      : giving(trace.setSpanContext(ROOT_CONTEXT, around), { root: !isSampled(around) }),
  );
  try {
    const place = span.spanContext();
    const traceparent = formatTraceparent({ ...place, sampled: isSampled(place) });
    return await context.with(trace.setSpan(ROOT_CONTEXT, span), () => work({ traceId: place.traceId, traceparent }));
  } catch (error) {
    const message = redact(error instanceof Error ? error.message : String(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    throw error;
  } finally {
    span.end();
  }
}

/** A call that has ended becomes a span of what is under way. */
function recordCall({ system, operation, connection, beganAtMs, durationMs, failed: isFailed }: ObservedCall): void {
  const minor = system === 'duckdb' || READS.has(operation);
  if (minor && !isFailed && durationMs < SHORTEST_MS[system]) return;
  const span = tracer().startSpan(`${system} ${operation}`, {
    kind: system === 'duckdb' ? SpanKind.INTERNAL : SpanKind.CLIENT,
    startTime: new Date(beganAtMs),
    attributes: {
      ...(system === 'http'
        ? { 'http.request.method': operation }
        : { 'db.system.name': system, 'db.operation.name': operation }),
      ...(connection !== null && { connection, 'server.address': connection }),
    },
  });
  if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(new Date(beganAtMs + durationMs));
}

function failed(span: Span, { code, message }: { readonly code: string; readonly message: string }, at?: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.recordException({ name: code, message: redact(message) }, at === undefined ? undefined : new Date(at));
  span.setAttribute('code', code);
}

/** A context in which a span of that id is under way. */
function placed(traceId: string, spanId: string): Context {
  const place: SpanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, place);
}

/** What the host recorded of the same work: its spans and ours lead to each other. */
function activeLinks(): Link[] {
  const around = trace.getSpanContext(context.active());
  return around !== undefined && isSampled(around) ? [{ context: around }] : [];
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** Without spans of what the work itself calls. */
function unobserved<T>(work: () => Promise<T>): Promise<T> {
  return context.with(suppressTracing(context.active()), work);
}

function attributesOf(values: object): Attributes {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]: [string, unknown]) =>
      value === null || value === undefined
        ? []
        : [[name, typeof value === 'string' ? redact(value) : (value as number | boolean)]],
    ),
  );
}
