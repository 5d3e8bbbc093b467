import type { LogFields, Logger } from './logger';
import { redactField } from './redact';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** Where lines go; the Functions worker forwards the console to the host. */
export type LogSink = (level: LogLevel, line: string) => void;

/* eslint-disable no-console -- the worker's own console is how a function app logs outside of an invocation */
const toConsole: LogSink = (level, line) => console[level](line);
/* eslint-enable no-console */

/** A logger that writes one JSON object a line: `event`, then the fields. Secret-looking values are redacted. */
export function createLogger(sink: LogSink = toConsole, fields: LogFields = {}): Logger {
  const write = (level: LogLevel, event: string, more: LogFields = {}): void => {
    // Value by value, before they become JSON: in a line of JSON a cut could fall into an escape.
    const entries = Object.entries({ ...fields, ...more }).map(([name, value]) => [name, redactField(name, value)]);
    sink(level, JSON.stringify({ event, ...Object.fromEntries(entries) }));
  };
  return {
    debug: (event, more) => write('debug', event, more),
    info: (event, more) => write('info', event, more),
    warn: (event, more) => write('warn', event, more),
    error: (event, more) => write('error', event, more),
    with: (more) => createLogger(sink, { ...fields, ...more }),
  };
}
