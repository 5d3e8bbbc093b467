import { AsyncResource } from 'node:async_hooks';
import { finished, type Stream } from 'node:stream';
import type { Client } from 'pg';
import type { ObserveCall } from '../../model/observed-call';
import { statementName } from '../../model/statement-name';

/** Has an observer told of every statement of a connection when it has ended, copies included: what kind it was, never what it said. */
export function observeQueries(client: Client, connection: string, observe: ObserveCall): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const observed = (...given: unknown[]): unknown => {
    const operation = statementName(textOf(given[0]));
    const beganAtMs = Date.now();
    const began = performance.now();
    const ended = AsyncResource.bind((failed: boolean) =>
      observe({
        system: 'postgresql',
        operation,
        connection,
        beganAtMs,
        durationMs: performance.now() - began,
        failed,
      }),
    );
    const result = query(...given);
    if (result instanceof Promise) {
      result.then(
        () => ended(false),
        () => ended(true),
      );
    } else if (isStream(result)) {
      finished(result, (error) => ended(error !== null && error !== undefined));
    }
    return result;
  };
  Object.assign(client, { query: observed });
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const { text } = (statement ?? {}) as { readonly text?: unknown };
  return typeof text === 'string' ? text : '';
}

function isStream(value: unknown): value is Stream & NodeJS.ReadableStream {
  return typeof value === 'object' && value !== null && 'pipe' in value && typeof value.pipe === 'function';
}
