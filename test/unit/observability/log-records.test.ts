import { logs } from '@opentelemetry/api-logs';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { createLogger } from '../../../src/observability/create-logger';
import { readableEvents, toLogRecords } from '../../../src/observability/log-records';
import { withinScope } from '../../../src/observability/work-scope';

const exporter = new InMemoryLogRecordExporter();

beforeAll(() => {
  const processors = [readableEvents, new SimpleLogRecordProcessor({ exporter })];
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors }));
});
afterEach(() => exporter.reset());
afterAll(() => logs.disable());

const sent = () =>
  exporter
    .getFinishedLogRecords()
    .map(({ body, severityText, attributes }) => ({ body, severityText, attributes: { ...attributes } }));

test('an event is the message, its fields and those of the work are attributes, secrets are not sent', () => {
  const log = createLogger(toLogRecords);
  withinScope({ activity: 'publish', runId: 'run-1', pipeline: 'flights', attempt: 2, correlationId: 'c' }, () => {
    log.warn('activity-failed', { message: 'password=hunter2', rows: 3, load: null });
  });
  expect(sent()).toEqual([
    {
      body: 'activity-failed',
      severityText: 'warn',
      attributes: {
        event: 'activity-failed',
        activity: 'publish',
        runId: 'run-1',
        pipeline: 'flights',
        attempt: 2,
        correlationId: 'c',
        message: 'password=***',
        rows: 3,
      },
    },
  ]);
});

test('what spans and figures say is not sent as an event', () => {
  createLogger(toLogRecords).debug('activity-ended', { durationMs: 3 });
  expect(sent()).toEqual([]);
});

test('what an orchestrator logs through the host is the same', () => {
  const line = {
    event: 'wave-retried',
    instanceId: 'run-1.flights.ingestion',
    runId: 'run-1',
    step: 'extract',
    token: 't',
  };
  logs.getLogger('host').emit({ body: JSON.stringify(line), severityText: 'warning' });
  expect(sent()).toEqual([
    {
      body: 'wave-retried',
      severityText: 'warning',
      attributes: { ...line, token: '***' },
    },
  ]);
});

test.each(['just a line', '{"event": broken', '{"event":3}', '{"other":"x"}'])('%s stays as it is', (body) => {
  logs.getLogger('host').emit({ body });
  expect(sent()).toEqual([{ body, severityText: undefined, attributes: {} }]);
});
