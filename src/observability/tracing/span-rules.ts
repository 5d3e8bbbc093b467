import {
  createContextKey,
  SpanKind,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import type { AzureMonitorOpenTelemetryOptions } from 'applicationinsights';
import { redact } from '../redact';

type SpanProcessor = NonNullable<AzureMonitorOpenTelemetryOptions['spanProcessors']>[number];

/** What the next span of a context is to be. */
export interface SpanGiven {
  /** Its id: a span that is written from a record has to have the id that its children have named all along. */
  readonly spanId?: string;
  /** The parent in the context only names the trace: the span is the root of it. */
  readonly root?: boolean;
}

const KEY = createContextKey('what the next span is to be');
/** Attributes of Azure's SDKs that hold addresses, under their old and their new name. */
const ADDRESSES = ['http.url', 'url.full'];

/** A context for one span; not to be made active, or the spans within would be given the same. */
export function giving(context: Context, given: SpanGiven): Context {
  return context.setValue(KEY, given);
}

/**
 * What the API has no way to say, done to spans before anybody sees them, and what is not to be sent of the spans of Azure's SDKs.
 */
export const spanRules: SpanProcessor = {
  onStart(span, context) {
    const given = context.getValue(KEY) as SpanGiven | undefined;
    const own: { -readonly [K in keyof SpanContext]: SpanContext[K] } = span.spanContext();
    if (given?.spanId !== undefined) own.spanId = given.spanId;
    if (given?.root === true) Object.assign(span, { parentSpanContext: undefined });
    // The sampler knows the trace only. What belongs to a span that nobody records is not recorded either: it would lead nowhere.
    const parent = given === undefined ? trace.getSpanContext(context) : undefined;
    if (parent !== undefined && (parent.traceFlags & TraceFlags.SAMPLED) === 0) own.traceFlags = TraceFlags.NONE;
  },
  onEnd(span) {
    for (const name of ADDRESSES) {
      const address = span.attributes[name];
      if (typeof address === 'string') span.attributes[name] = redact(address);
    }
    // That something is not there is an everyday answer of storage, and no exception to wake anybody for.
    if (span.attributes['az.namespace'] === undefined) return;
    span.events.length = 0;
    // A request says nothing that the span of its operation does not, unless it failed by more than that.
    if (span.kind === SpanKind.CLIENT && !isFault(span.attributes))
      Object.assign(span.spanContext(), { traceFlags: TraceFlags.NONE });
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

/** Whether a request was not answered, or with a status that is neither success nor `not there`, `there already` or `changed meanwhile`. */
function isFault(attributes: Attributes): boolean {
  const status = Number(attributes['http.status_code'] ?? attributes['http.response.status_code']);
  return !(status >= 200 && status < 400) && ![404, 409, 412].includes(status);
}
