import type { RunRecord } from '../../src/durable/contracts/run-record';
import { cut } from '../support/demo-cuts';
import { plantFaults, type PlantedFaults } from '../support/durable/faults';
import { startIngestionServer, type Envelope, type IngestionServer } from '../support/ingestion-server';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { spansOf, sumsOf, type SentSpan } from '../support/traces';

const ROWS = 6_000;
const PATIENCE_MS = 180_000;
const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

let ingestion: IngestionServer;
let app: SluiceApp;
let faults: PlantedFaults | undefined;

beforeEach(async () => {
  ingestion = await startIngestionServer();
});
afterEach(async () => {
  await app.stop();
  await ingestion.stop();
});

/** The demo's pipelines with small partitions, on a host that sends to the ingestion server. */
async function begin(
  env: Readonly<Record<string, string>> = {},
  airports: (yaml: string) => string = (yaml) => `${yaml}\n`,
): Promise<void> {
  app = await startSluiceApp({
    edit: {
      'airports.yaml': airports,
      'flights.yaml': (yaml) => yaml.replace('targetRows: 300000', 'targetRows: 2048'),
    },
    env: { ...ingestion.env, ...env },
  });
  await app.land('landing', 'airports/airports.csv', await cut('airports.csv', 'FROM airports'));
  // Distances of nought are filtered, so that more than one outcome has rows.
  const flights = `SELECT * REPLACE (CASE WHEN row_number() OVER () % 100 = 0 THEN 0 ELSE distance END AS distance) FROM flights LIMIT ${ROWS}`;
  await app.land('landing', 'flights/flights-cut.parquet', await cut('flights.parquet', flights));
}

/**
 * Waits for the end of a run: its span, the event and the counters that come with it, and whatever else makes its trace `whole`. Gives the spans
 * of the trace.
 */
async function sentWhole(runId: string, whole: (spans: readonly SentSpan[]) => boolean): Promise<SentSpan[]> {
  const isRun = ({ name, properties }: SentSpan): boolean => name === 'run' && properties['runId'] === runId;
  const its = (all: readonly Envelope[]): SentSpan[] => {
    const spans = spansOf(all);
    const traceId = spans.find(isRun)?.traceId;
    return spans.filter((span) => span.traceId === traceId);
  };
  await ingestion.until(
    (all) =>
      its(all).some(isRun) &&
      whole(its(all)) &&
      [...sumsOf(all).keys()].some((name) => name.startsWith('sluice.runs{')) &&
      events('run-ended').length > 0,
    `the whole trace of ${runId}`,
  );
  return its(ingestion.envelopes);
}

/** Spans whose parent is not among them. */
function withoutParent(spans: readonly SentSpan[]): SentSpan[] {
  const ids = new Set(spans.map(({ id }) => id));
  return spans.filter(({ parentId }) => parentId === null || !ids.has(parentId));
}

/** No id is there twice. */
function expectEachOnce(spans: readonly SentSpan[]): void {
  expect(spans.map(({ id }) => id)).toHaveLength(new Set(spans.map(({ id }) => id)).size);
}

/** The names of the spans above a span, from its parent up. */
function above(span: SentSpan, spans: readonly SentSpan[]): string[] {
  const parent = spans.find(({ id }) => id === span.parentId);
  return parent === undefined ? [] : [parent.name, ...above(parent, spans)];
}

/** The counters of rows say what the run record says, pipeline by pipeline. */
function expectRowsOf(run: RunRecord): void {
  const sums = sumsOf(ingestion.envelopes);
  const recorded = run.pipelines.flatMap(({ pipeline, counts }) =>
    Object.entries(counts).flatMap(([outcome, rows]) =>
      rows === 0 ? [] : [[`sluice.rows{outcome=${outcome},pipeline=${pipeline}}`, rows] as const],
    ),
  );
  expect(Object.fromEntries([...sums].filter(([name]) => name.startsWith('sluice.rows{')))).toEqual(
    Object.fromEntries(recorded),
  );
}

const events = (name: string) =>
  ingestion.envelopes.filter(
    ({ data: { baseType, baseData } }) => baseType === 'MessageData' && baseData.message === name,
  );

test(
  'a run is one trace from its caller down to storage and database, and its figures are those of its record',
  async () => {
    await begin();
    const answer = await fetch(`${app.baseUrl}/api/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01` },
      body: JSON.stringify({ pipelines: ['airports', 'flights'] }),
    });
    const { runId } = (await answer.json()) as { runId: string };
    const run = await app.ended(runId);
    expect(run).toMatchObject({ status: 'Succeeded', correlationId: CALLER.traceId });

    // The caller's own span is the only one that somebody else sends.
    const own = await sentWhole(runId, (spans) =>
      withoutParent(spans).every(({ parentId }) => parentId === CALLER.spanId),
    );
    expectEachOnce(own);
    expect(own.find(({ name }) => name === 'start-run')).toMatchObject({
      traceId: CALLER.traceId,
      parentId: CALLER.spanId,
    });
    const named = (name: string): SentSpan[] => own.filter((span) => span.name === name);
    const partitions = run.pipelines.map(({ pipeline, partitions: count }) => [pipeline, count]);
    for (const [activity, step] of [
      ['extract-partition', 'extract'],
      ['transform-partition', 'transform'],
      ['stage-partition', 'stage'],
    ] as const) {
      const its = named(activity);
      for (const [pipeline, count] of partitions) {
        const ofPipeline = its.filter(({ properties }) => properties['pipeline'] === pipeline);
        expect(ofPipeline.map(({ properties }) => Number(properties['partition'])).sort()).toEqual(
          Array.from({ length: Number(count) }, (_, index) => index),
        );
        for (const span of ofPipeline)
          expect(above(span, own)).toEqual([step, `pipeline ${pipeline}`, 'run', 'start-run']);
      }
    }
    expect(named('extract-partition').length).toBeGreaterThan(3);
    expect(named('run')).toMatchObject([{ kind: 'request', ok: true, properties: { runId, status: 'Succeeded' } }]);

    const copies = own.filter(({ type, data }) => type === 'postgresql' && data === 'COPY');
    expect(copies.map((span) => above(span, own)[0])).toContain('stage-partition');
    const uploads = own.filter(
      ({ name }) => name === 'BlockBlobClient-upload' || name === 'BlockBlobClient-uploadFile',
    );
    expect(uploads.map((span) => above(span, own)[0])).toContain('extract-partition');
    // Kinds of statements, never their text.
    for (const { type, data } of own) if (type === 'postgresql') expect(data).toMatch(/^[A-Z]+( [A-Z]+)?$/);

    expectRowsOf(run);
    expect(sumsOf(ingestion.envelopes).get('sluice.runs{status=Succeeded,trigger=manual}')).toBe(1);
    for (const [event, count] of [
      ['run-requested', 1],
      ['run-started', 1],
      ['pipeline-started', 2],
      ['pipeline-ended', 2],
      ['run-ended', 1],
    ] as const) {
      const found = events(event);
      expect([event, found.length]).toEqual([event, count]);
      for (const { data } of found)
        expect(data.baseData.properties).toMatchObject({ event, runId, correlationId: CALLER.traceId });
    }
    const everything = JSON.stringify(ingestion.envelopes);
    expect(everything).not.toContain(app.database.password);
    expect(everything).not.toContain('AccountKey');
  },
  PATIENCE_MS,
);

test(
  'a host that dies in the middle of a run leaves one trace, nothing doubled, and figures that add up',
  async () => {
    // Held when its work is done and nobody knows: it is done again.
    faults = await plantFaults([
      { activity: 'transform-partition', when: 'after', pipeline: 'flights', do: 'wait', file: 'held' },
    ]);
    await begin(faults.env);
    const runId = await app.start({ pipelines: ['airports', 'flights'] });
    const done = (all: readonly Envelope[], activity: string, pipeline: string): boolean =>
      spansOf(all).some(({ name, properties }) => name === activity && properties['pipeline'] === pipeline);
    await ingestion.until(
      (all) =>
        done(all, 'transform-partition', 'flights') &&
        spansOf(all).some(({ name }) => name === 'pipeline airports') &&
        spansOf(all).some(({ name }) => name === 'advance-watermark') &&
        sumsOf(all).has('sluice.rows{outcome=loaded,pipeline=airports}') &&
        events('pipeline-started').length === 2,
      'what was done before the host died',
    );
    await app.kill();
    await faults.release('held');
    const died = Date.now();
    await app.restart();
    const run = await app.ended(runId);
    expect(run.status).toBe('Succeeded');

    // What an execution called before it died with its process may have been sent; the execution itself never ended.
    const isCall = ({ type }: SentSpan): boolean => /^(Http|InProc \|.*|postgresql|duckdb)$/.test(type);
    const leftBehind = (span: SentSpan): boolean => isCall(span) && span.beganAt <= died;
    const spans = await sentWhole(runId, (all) => {
      const alone = withoutParent(all).filter((span) => !leftBehind(span));
      return alone.length === 1 && alone[0]?.name === 'start-run';
    });
    expectEachOnce(spans);
    const recorded = spans.filter(({ name }) => /^(run|pipeline .*|plan|extract|transform|validate|stage)$/.test(name));
    expect(recorded.map(({ name, properties }) => `${name} ${properties['pipeline'] ?? ''}`).toSorted()).toEqual(
      [
        'run ',
        ...['airports', 'flights'].flatMap((pipeline) => [
          `pipeline ${pipeline} ${pipeline}`,
          ...['plan', 'extract', 'transform', 'validate', 'stage'].map((step) => `${step} ${pipeline}`),
        ]),
      ].toSorted(),
    );
    // Whoever did their work in the process that died may have gone with it unsent; whoever did it after, not.
    const staged = spans.filter(
      ({ name, properties }) => name === 'stage-partition' && properties['pipeline'] === 'flights',
    );
    const flights = run.pipelines.find(({ pipeline }) => pipeline === 'flights')!;
    expect(new Set(staged.map(({ properties }) => properties['partition'])).size).toBe(flights.partitions);
    expect(events('run-started').length + events('run-requested').length).toBe(2);
    expect(events('run-ended')).toHaveLength(1);
    expectRowsOf(run);
  },
  PATIENCE_MS,
);

test(
  'where ingestion answers 500, 429 or never, runs end all the same, and requests do not pile up',
  async () => {
    ingestion.behave(500);
    await begin();
    for (const manners of [500, 429, 'hangs'] as const) {
      ingestion.behave(manners);
      const before = ingestion.requests();
      const run = await app.ended(await app.start({ pipelines: ['airports'] }));
      expect([manners, run.status]).toEqual([manners, 'Succeeded']);
      // One of spans, one of events, one of figures; the next one waits for it. Some were under way when the manners changed.
      if (manners === 'hangs') expect(ingestion.requests() - before).toBeLessThanOrEqual(6);
    }
    expect(ingestion.requests()).toBeGreaterThan(0);
    expect(ingestion.envelopes).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  'where nothing listens, or what it says of itself cannot be used, runs end all the same',
  async () => {
    await begin({
      APPLICATIONINSIGHTS_CONNECTION_STRING:
        'InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://127.0.0.1:1/',
    });
    expect((await app.ended(await app.start({ pipelines: ['airports'] }))).status).toBe('Succeeded');
    await app.kill();
    await app.restart({ APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=no-guid' });
    expect((await app.ended(await app.start({ pipelines: ['airports'] }))).status).toBe('Succeeded');
    expect(await app.log()).toContain('telemetry-not-started');
  },
  PATIENCE_MS,
);

test(
  'a failed run says why: its spans, its exception, its events and its counters have class and code',
  async () => {
    await begin({ SLUICE_SECRET_WAREHOUSE_PASSWORD: 'no-such-password' });
    const run = await app.ended(await app.start({ pipelines: ['airports'] }));
    expect(run).toMatchObject({ status: 'Failed', failure: { code: 'authentication-failed' } });
    const spans = await sentWhole(run.runId, (all) => withoutParent(all).length === 1);
    expectEachOnce(spans);
    expect(withoutParent(spans)).toMatchObject([{ name: 'start-run', parentId: null }]);
    expect(
      spans
        .filter(({ ok, properties }) => !ok && properties['code'] === 'authentication-failed')
        .map(({ name }) => name),
    ).toEqual(expect.arrayContaining(['plan-pipeline', 'pipeline airports', 'run']));
    const thrown = ingestion.envelopes.flatMap(({ data }) => data.baseData.exceptions ?? []);
    expect(thrown.map(({ typeName }) => typeName)).toContain('authentication-failed');
    const failures = [...sumsOf(ingestion.envelopes).keys()].filter((name) => name.startsWith('sluice.failures{'));
    expect(failures).toContain('sluice.failures{class=persistent,code=authentication-failed,pipeline=airports}');
    expect(events('run-ended')).toMatchObject([
      { data: { baseData: { severityLevel: 'Error', properties: { code: 'authentication-failed' } } } },
    ]);
    expect(JSON.stringify(ingestion.envelopes)).not.toContain('no-such-password');
  },
  PATIENCE_MS,
);

test(
  'a retry is said once, though the orchestration is replayed, and each attempt is a span of its own',
  async () => {
    await begin({ WAREHOUSE_PORT: '1' }, (yaml) => `${yaml}\nretry: { maxAttempts: 3, firstDelay: 1s, backoff: 1 }\n`);
    const run = await app.ended(await app.start({ pipelines: ['airports'] }));
    expect(run).toMatchObject({ status: 'Failed', failure: { code: 'target-unavailable' } });
    const spans = await sentWhole(run.runId, (all) => withoutParent(all).length === 1);
    const attempts = spans
      .filter(({ name }) => name === 'plan-pipeline')
      .map(({ properties }) => properties['attempt']);
    expect(attempts.toSorted()).toEqual(['1', '2', '3']);
    const retried = events('activity-retried').map(({ data }) => data.baseData);
    const { runId, correlationId } = run;
    const its = { runId, correlationId, pipeline: 'airports', activity: 'plan-pipeline' };
    expect(retried).toMatchObject([
      { severityLevel: 'Warning', properties: { ...its, attempt: '1' } },
      { severityLevel: 'Warning', properties: { ...its, attempt: '2' } },
    ]);
    expect(sumsOf(ingestion.envelopes).get('sluice.retries{pipeline=airports,step=plan}')).toBe(2);
  },
  PATIENCE_MS,
);
