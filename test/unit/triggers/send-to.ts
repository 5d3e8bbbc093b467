import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { guarded } from '../../../src/triggers/http/guarded';
import { handle } from '../../../src/triggers/http/handle';
import { ROUTES } from '../../../src/triggers/http/routes';
import type { FakeOrchestrations } from './fake-orchestrations';
import type { TestServices } from './test-services';

export interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each route has a shape of its own, which its test looks into
  readonly json: any;
}

/** Sends a request to the route of a name, role and all, as the app registers it. */
export async function sendTo(
  services: TestServices,
  durable: FakeOrchestrations,
  name: string,
  {
    params = {},
    body,
    query = '',
    headers = {},
  }: {
    readonly params?: Record<string, string>;
    readonly body?: object;
    readonly query?: string;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<Sent> {
  const route = ROUTES.find((one) => one.name === name);
  if (route === undefined) throw new Error(`There is no route ${name}.`);
  const address = route.route.replace(/\{(\w+)\}/g, (_, key: string) => params[key] ?? '');
  const request = new HttpRequest({
    method: route.method,
    url: `http://app.test/api/${address}${query}`,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: { string: JSON.stringify(body) } }),
    params,
  });
  const handler = handle(services, guarded(route), route.statuses);
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const answer = (await handler(request, durable as never, context)) as HttpResponseInit;
  return {
    status: answer.status ?? 200,
    headers: (answer.headers ?? {}) as Record<string, string>,
    json: answer.jsonBody ?? JSON.parse(answer.body as string),
  };
}
