import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SamplingDecision,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { toFailure } from '../../../../src/errors/to-failure';
import { createTracing } from '../../../../src/observability/tracing/create-tracing';
import { spanRules } from '../../../../src/observability/tracing/span-rules';
import { derivedTraceId, spanIdOf } from '../../../../src/observability/tracing/traceparent';

const exporter = new InMemorySpanExporter();
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const HOST = { traceId: TRACE, spanId: '00f067aa0ba902b7', isRemote: true };
const TIMES = { startedAt: '2026-01-01T10:00:00.000Z', endedAt: '2026-01-01T10:00:05.500Z' };
const none = async () => null;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({
      // As the sampler of Application Insights, which knows no parents.
      sampler: { shouldSample: () => ({ decision: SamplingDecision.RECORD_AND_SAMPLED }), toString: () => 'all' },
      spanProcessors: [spanRules, new SimpleSpanProcessor(exporter)],
    }),
  );
});
afterEach(() => exporter.reset());
afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

const spans = () =>
  exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    traceId: span.spanContext().traceId,
    id: span.spanContext().spanId,
    parent: span.parentSpanContext?.spanId ?? null,
    links: span.links.map(({ context: to }) => to.spanId),
    attributes: span.attributes,
  }));
const inHost = <T>(sampled: boolean, work: () => T): T =>
  context.with(
    trace.setSpanContext(ROOT_CONTEXT, { ...HOST, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE }),
    work,
  );

test('a start that joins is a child of the caller’s span; one that does not has a trace of its own and a link', async () => {
  const tracing = createTracing();
  await inHost(true, () => tracing.start({ trigger: 'manual', joins: true }, async () => null));
  await inHost(true, () => tracing.start({ trigger: 'schedule', joins: false }, async () => null));
  const [joined, apart] = spans();
  expect(joined).toMatchObject({ traceId: TRACE, parent: HOST.spanId, links: [] });
  expect(apart).toMatchObject({ parent: null, links: [HOST.spanId] });
  expect(apart?.traceId).not.toBe(TRACE);
});

test('where the caller records nothing, its trace goes on and the start is the root; what it calls is below it', async () => {
  const tracing = createTracing();
  const given = await inHost(false, () =>
    tracing.start({ trigger: 'manual', joins: true }, async ({ traceparent }) => {
      trace.getTracer('sdk').startSpan('call').end();
      return traceparent;
    }),
  );
  const [call, start] = spans();
  expect(start).toMatchObject({ name: 'start-run', traceId: TRACE, parent: null });
  expect(call).toMatchObject({ name: 'call', traceId: TRACE, parent: start?.id });
  expect(given).toBe(`00-${TRACE}-${start?.id}-01`);
});

test('calls outside of runs are recorded where the host records, and nowhere else', () => {
  inHost(false, () =>
    trace.getTracer('sdk').startActiveSpan('outer', (outer) => {
      trace.getTracer('sdk').startSpan('inner').end();
      outer.end();
    }),
  );
  expect(spans()).toEqual([]);
  inHost(true, () => trace.getTracer('sdk').startSpan('call').end());
  expect(spans()).toMatchObject([{ name: 'call', parent: HOST.spanId }]);
});

test('activities, steps, pipelines and the run are one tree, whoever writes them and in whichever order', async () => {
  const asked: string[] = [];
  const traceparentOf = async (runId: string) => {
    asked.push(runId);
    // What telemetry itself reads is not observed.
    trace.getTracer('sdk').startSpan('lookup').end();
    return `00-${TRACE}-${HOST.spanId}-01`;
  };
  const scope = { activity: 'extract-partition', runId: 'run-1', pipeline: 'a', partition: 2, step: 'extract' };
  await inHost(true, () =>
    createTracing().activity(scope, traceparentOf, async () => {
      trace.getTracer('sdk').startSpan('call').end();
      return { ok: true, value: null };
    }),
  );
  const other = createTracing();
  const recorded = { ...TIMES, status: 'Succeeded', failure: null, attributes: {} } as const;
  await other.recorded({ ...recorded, path: ['run-1', 'a', 'extract'], name: 'extract' }, traceparentOf);
  await other.recorded({ ...recorded, path: ['run-1', 'a'], name: 'pipeline a' }, traceparentOf);
  await other.recorded({ ...recorded, path: ['run-1'], name: 'run' }, traceparentOf);
  const [call, activity, step, pipeline, run] = spans();
  expect(spans().map(({ name, traceId }) => `${name} ${traceId}`)).toEqual(
    ['call', 'extract-partition', 'extract', 'pipeline a', 'run'].map((name) => `${name} ${TRACE}`),
  );
  expect(call?.parent).toBe(activity?.id);
  expect(activity).toMatchObject({ parent: step?.id, links: [HOST.spanId] });
  expect(step?.parent).toBe(pipeline?.id);
  expect(pipeline?.parent).toBe(run?.id);
  expect(run).toMatchObject({ id: spanIdOf(['run-1']), parent: HOST.spanId });
  // Once for each process.
  expect(asked).toEqual(['run-1', 'run-1']);
});

test('a run without a start record is the root of a trace that follows from its id', async () => {
  const tracing = createTracing();
  await tracing.activity({ activity: 'publish', runId: 'run-2', pipeline: 'a' }, none, async () => ({
    ok: true,
    value: 1,
  }));
  const recorded = { ...TIMES, status: 'Succeeded', failure: null, attributes: {}, name: 'run' } as const;
  await tracing.recorded({ ...recorded, path: ['run-2'] }, none);
  expect(spans()).toMatchObject([
    { traceId: derivedTraceId('run-2'), parent: spanIdOf(['run-2', 'a']) },
    { traceId: derivedTraceId('run-2'), parent: null, id: spanIdOf(['run-2']) },
  ]);
});

test('a start record that could not be read is asked for again', async () => {
  const tracing = createTracing();
  let asked = 0;
  const traceparentOf = async () => {
    asked += 1;
    if (asked === 1) throw new Error('storage');
    return `00-${TRACE}-${HOST.spanId}-01`;
  };
  for (const activity of ['one', 'two', 'three'])
    await tracing.activity({ activity, runId: 'run-3' }, traceparentOf, async () => ({ ok: true, value: 1 }));
  expect(spans().map(({ traceId }) => traceId)).toEqual([derivedTraceId('run-3'), TRACE, TRACE]);
  expect(asked).toBe(2);
});

test('a failure marks its span, with its code and without its secrets', async () => {
  const failure = toFailure(new Error('refused: password=hunter2'));
  await createTracing().activity({ activity: 'publish', runId: 'run-1' }, none, async () => ({ ok: false, failure }));
  const [span] = exporter.getFinishedSpans();
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'unexpected-error' });
  expect(span?.events).toMatchObject([
    {
      name: 'exception',
      attributes: { 'exception.type': 'unexpected-error', 'exception.message': 'refused: password=***' },
    },
  ]);
});

test('statements have their kind and times; quick reads are part of their activity', () => {
  const { call } = createTracing();
  const at = { connection: null, beganAtMs: Date.parse(TIMES.startedAt), failed: false };
  call({ ...at, system: 'duckdb', operation: 'SELECT', durationMs: 3 });
  call({ ...at, system: 'duckdb', operation: 'COPY', durationMs: 300 });
  call({ ...at, system: 'postgresql', operation: 'SELECT', connection: 'warehouse', durationMs: 1 });
  call({ ...at, system: 'postgresql', operation: 'SELECT', connection: 'warehouse', durationMs: 1, failed: true });
  call({ ...at, system: 'postgresql', operation: 'INSERT', connection: 'warehouse', durationMs: 1 });
  call({ ...at, system: 'http', operation: 'GET', connection: 'orders', durationMs: 1 });
  const found = exporter.getFinishedSpans();
  expect(found.map(({ name, status, duration }) => [name, status.code, duration])).toEqual([
    ['duckdb COPY', SpanStatusCode.UNSET, [0, 300_000_000]],
    ['postgresql SELECT', SpanStatusCode.ERROR, [0, 1_000_000]],
    ['postgresql INSERT', SpanStatusCode.UNSET, [0, 1_000_000]],
    ['http GET', SpanStatusCode.UNSET, [0, 1_000_000]],
  ]);
});

test('of the spans of Azure’s SDKs, answers that are no exceptions and signatures are not sent', () => {
  const span = trace.getTracer('sdk').startSpan('HTTP GET', {
    attributes: { 'az.namespace': 'Microsoft.Storage', 'http.url': 'https://a/b?sig=abc&se=1' },
  });
  span.recordException(new Error('not found'));
  span.end();
  const [sent] = exporter.getFinishedSpans();
  expect(sent?.events).toEqual([]);
  expect(sent?.attributes['http.url']).toBe('https://a/b?sig=***&se=1');
});

test.each([
  [200, 0],
  [404, 0],
  [409, 0],
  [403, 1],
  [503, 1],
  [undefined, 1],
])('a request of Azure’s SDKs that was answered with %s is %s spans', (status, count) => {
  const attributes = {
    'az.namespace': 'Microsoft.Storage',
    ...(status !== undefined && { 'http.status_code': status }),
  };
  trace.getTracer('sdk').startSpan('HTTP PUT', { kind: SpanKind.CLIENT, attributes }).end();
  expect(exporter.getFinishedSpans()).toHaveLength(count);
});
