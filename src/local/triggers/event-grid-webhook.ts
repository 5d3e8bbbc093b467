import type { HttpAnswer } from '../http/http-answer';
import type { HttpHandler } from '../http/http-server';
import type { FunctionRunner } from '../host/run-function';
import type { LoadedFunction } from '../worker/function-app';

/**
 * The webhook of the real host, `POST /runtime/webhooks/EventGrid?functionName=<name>`: answers the handshake of a
 * subscription and calls an eventGridTrigger function once for each event of a notification.
 * https://learn.microsoft.com/azure/event-grid/receive-events#endpoint-validation
 */
export function createEventGridWebhook(functions: readonly LoadedFunction[], run: FunctionRunner): HttpHandler {
  const names = functions
    .filter(({ trigger }) => trigger.type.toLowerCase() === 'eventgridtrigger')
    .map(({ name }) => name);
  return async ({ method, query, headers, body }): Promise<HttpAnswer> => {
    const wanted = query.get('functionName')?.toLowerCase();
    const name = names.find((known) => known.toLowerCase() === wanted);
    if (name === undefined) return { status: 404, body: `cannot find function: '${query.get('functionName') ?? ''}'` };
    if (method !== 'POST') return { status: 400 };
    const events = parse(body);
    if (events === undefined) return { status: 400, body: 'The body is not JSON.' };
    if (headers['aeg-event-type'] === 'SubscriptionValidation') return validation(events[0]);
    if (headers['aeg-event-type'] === 'Unsubscribe') return { status: 202 };
    const outcomes = await Promise.all(
      events.map((event) =>
        run(name, { reason: 'EventGrid trigger fired', triggerData: { json: JSON.stringify(event) } }),
      ),
    );
    return { status: outcomes.every(({ ok }) => ok) ? 202 : 500 };
  };
}

function parse(body: Uint8Array): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return Array.isArray(value) ? (value as unknown[]) : [value];
  } catch {
    return undefined;
  }
}

function validation(event: unknown): HttpAnswer {
  const code = (event as { data?: { validationCode?: unknown } } | undefined)?.data?.validationCode;
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ validationResponse: code }),
  };
}
