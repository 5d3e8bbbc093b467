/** Fields of a log event; values that look like secrets are redacted before they are written. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured logging: the event is noun-verb (`load-started`), the fields are searchable. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A logger that adds the fields to every event. */
  with(fields: LogFields): Logger;
}
