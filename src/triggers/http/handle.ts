import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { HttpDurableClientHandler } from 'durable-functions';
import { toFailure } from '../../errors/to-failure';
import type { Orchestrations, TriggerServices } from '../trigger-services';
import { correlationOf } from './correlation';
import { isRefusal, noteRefusal } from './note-refusal';
import { toProblem } from './problem';

/** An answer whose headers are a plain map. */
export type Answer = Omit<HttpResponseInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

/** What a route does; what it throws becomes a problem document. */
export type Route = (services: TriggerServices, request: HttpRequest, client: Orchestrations) => Promise<Answer>;

/** A route as a handler of the Functions app. `statuses` are those that its failures have here and nowhere else. */
export function handle(
  services: TriggerServices,
  route: Route,
  statuses: Readonly<Record<string, number>> = {},
): HttpDurableClientHandler {
  return async (
    request: HttpRequest,
    client: Orchestrations,
    context: InvocationContext,
  ): Promise<HttpResponseInit> => {
    const { pathname } = new URL(request.url);
    // What the audit trail and the log name it by.
    const correlation = { 'X-Correlation-Id': correlationOf(request) ?? context.invocationId };
    try {
      const answer = await route(services, request, client);
      return { ...answer, headers: { 'Cache-Control': 'no-store', ...correlation, ...answer.headers } };
    } catch (error) {
      const answer = toProblem(error, pathname, statuses);
      if (isRefusal(error)) await noteRefusal(services, request, error, context.invocationId);
      if ((answer.status ?? 500) >= 500) {
        const { code, message, causes } = toFailure(error);
        services.log.error('request-failed', {
          path: pathname,
          code,
          message,
          causes: causes.join(' <- '),
          invocation: context.invocationId,
          correlationId: correlationOf(request),
        });
      }
      return { ...answer, headers: { ...(answer.headers as Record<string, string>), ...correlation } };
    }
  };
}

/** What addresses of the API begin with, below `/api`. */
const ROOTS = [
  'runs',
  'pipelines',
  'backfills',
  'connections',
  'breakers',
  'quarantine',
  'alerts',
  'alert-links',
  'slas',
  'approvals',
  'pause',
  'resume',
  'health',
  'me',
  'runbooks',
  'dashboard',
  'openapi.json',
  'docs',
  'slots',
  'costs',
  'maintenance',
  'audit',
];
const BELOW_PREFIX = new RegExp(`^(.*?)/(?:${ROOTS.map((root) => root.replace('.', '\\.')).join('|')})(?:/|$)`);

/** The address of another route, as a path: behind a proxy the app does not know its own name. */
export function addressOf(request: HttpRequest, route: string): string {
  const { pathname } = new URL(request.url);
  return `${BELOW_PREFIX.exec(pathname)?.[1] ?? '/api'}/${route}`;
}
