/**
 * A call to the engine, a database or a service that has ended, as telemetry may know it: never with the text of a statement, with values, or
 * with an address that could hold a secret.
 */
export interface ObservedCall {
  readonly system: 'duckdb' | 'postgresql' | 'http';
  /** The statement's kind (`CREATE TABLE`, `COPY`), or the method of a request. */
  readonly operation: string;
  /** The connection's name in the project; null for the engine. */
  readonly connection: string | null;
  /** Milliseconds since 1970. */
  readonly beganAtMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
}

/** Told of every call when it has ended. Never throws. */
export type ObserveCall = (call: ObservedCall) => void;
