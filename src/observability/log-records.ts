import { logs, SeverityNumber, type LogAttributes } from '@opentelemetry/api-logs';
import type { AzureMonitorOpenTelemetryOptions } from 'applicationinsights';
import type { LogLevel, LogSink } from './create-logger';
import { redactField } from './redact';

type LogRecordProcessor = NonNullable<AzureMonitorOpenTelemetryOptions['logRecordProcessors']>[number];

const SEVERITIES: Readonly<Record<LogLevel, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};

/** Sends events as log records: the event is the message, the fields are attributes. */
export const toLogRecords: LogSink = (level, event, fields) => {
  // What these say is in spans and figures, which cost less.
  if (level === 'debug') return;
  logs.getLogger('sluice').emit({
    severityNumber: SEVERITIES[level],
    severityText: level,
    body: event,
    attributes: attributesOf({ event, ...fields }),
  });
};

/**
 * Makes of a line of JSON what `toLogRecords` would have sent: orchestrators log through their own context, which knows texts only.
 */
export const readableEvents: LogRecordProcessor = {
  onEmit(record) {
    const fields = typeof record.body === 'string' ? parse(record.body) : null;
    if (fields === null) return;
    record.setBody(fields.event);
    record.setAttributes(attributesOf(fields));
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

function parse(body: string): (Record<string, unknown> & { event: string }) | null {
  if (!body.startsWith('{"event":')) return null;
  try {
    const value = JSON.parse(body) as Record<string, unknown>;
    return typeof value['event'] === 'string' ? { ...value, event: value['event'] } : null;
  } catch {
    return null;
  }
}

function attributesOf(fields: Readonly<Record<string, unknown>>): LogAttributes {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[name, redactField(name, value)]]
        : [],
    ),
  );
}
