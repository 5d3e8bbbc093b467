import type { EventName } from './events';

/** Fields of a log event; values that look like secrets are redacted before they are written. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured logging: events of the catalogue, noun and verb (`run-started`); the fields are searchable. */
export interface Logger {
  debug(event: EventName, fields?: LogFields): void;
  info(event: EventName, fields?: LogFields): void;
  warn(event: EventName, fields?: LogFields): void;
  error(event: EventName, fields?: LogFields): void;
  /** A logger that adds the fields to every event. */
  with(fields: LogFields): Logger;
}
