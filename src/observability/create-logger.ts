import type { LogFields, Logger } from './logger';
import { redactField } from './redact';
import { currentScope } from './work-scope';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** Where events go: its fields hold no secrets any more. */
export type LogSink = (level: LogLevel, event: string, fields: LogFields) => void;

/* eslint-disable no-console -- the worker's own console is how a function app logs outside of an invocation */
/** One JSON object a line, `event` and the fields; the Functions worker forwards the console to the host. */
export const toConsole: LogSink = (level, event, fields) => console[level](JSON.stringify({ event, ...fields }));
/* eslint-enable no-console */

/** A logger whose events have the fields of what is being worked on, and hold nothing that looks like a secret. */
export function createLogger(sink: LogSink = toConsole, fields: LogFields = {}): Logger {
  const write = (level: LogLevel, event: string, more: LogFields = {}): void => {
    // Value by value, before they become JSON: in a line of JSON a cut could fall into an escape.
    const entries = Object.entries({ ...currentScope(), ...fields, ...more }).map(([name, value]) => [
      name,
      redactField(name, value),
    ]);
    sink(level, event, Object.fromEntries(entries) as LogFields);
  };
  return {
    debug: (event, more) => write('debug', event, more),
    info: (event, more) => write('info', event, more),
    warn: (event, more) => write('warn', event, more),
    error: (event, more) => write('error', event, more),
    with: (more) => createLogger(sink, { ...fields, ...more }),
  };
}
