import type { ManagementRequest } from '../host/durable-extension';
import type { HttpAnswer } from '../http/http-answer';
import type { Engine } from './engine';
import { entityInstanceView, instanceView } from './instance-view';
import { bodyText, exception, invalidJson, json, jsonFault, saysJson } from './management-answers';
import { isTerminal, type Orchestration } from './model';

/** `instances/<id>`: GET is the status, DELETE purges. */
export function instanceRoute(engine: Engine, base: string, request: ManagementRequest, id: string): HttpAnswer {
  const { method, query } = request;
  const again = query.size === 0 ? '' : `?${query.toString()}`;
  const poll = { location: `${base}/instances/${id}${again}`, 'retry-after': '5' };
  const entity = engine.entities.get(id);
  if (entity !== undefined && method === 'GET') return json(202, entityInstanceView(entity), poll);
  const one = engine.orchestrations.get(id);
  if (one === undefined) return { status: 404 };
  if (method === 'GET') {
    if (!isTerminal(one.status)) return json(202, instanceView(one, query), poll);
    const asError = query.get('returnInternalServerErrorOnFailure')?.toLowerCase() === 'true';
    return json(asError && one.status === 'Failed' ? 500 : 200, instanceView(one, query));
  }
  if (method !== 'DELETE') return { status: 404 };
  if (!isTerminal(one.status)) {
    const text = `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${id} has status ${one.status}`;
    return json(412, text);
  }
  engine.forget(one);
  return json(200, { instancesDeleted: 1 });
}

/** `instances/<id>/rewind`. */
export async function rewindRoute(engine: Engine, request: ManagementRequest, id: string): Promise<HttpAnswer> {
  const one = engine.orchestrations.get(id);
  if (one === undefined) return json(404, `No orchestration with instance ID "$${id}" found.`);
  if (one.status === 'Failed') {
    await engine.rewind(one, request.query.get('reason') ?? '');
    return { status: 202 };
  }
  const text = `This orchestration has status ${one.status}, but only orchestrations in the "Failed" state can be rewound.`;
  return json(412, text);
}

/** `instances/<id>/terminate`, `suspend` and `resume`. */
export async function steerRoute(
  engine: Engine,
  request: ManagementRequest,
  id: string,
  action: 'terminate' | 'suspend' | 'resume',
): Promise<HttpAnswer> {
  const one = engine.orchestrations.get(id);
  const reason = request.query.get('reason');
  if (one === undefined) return { status: 404 };
  if (isTerminal(one.status)) return { status: 410 };
  if (action === 'resume' && one.status !== 'Suspended') {
    const detail = `Cannot resume the orchestration instance ${id} because instance is in the ${one.status} state.`;
    const message = 'Something went wrong while processing your request';
    return exception(500, message, 'System.InvalidOperationException', detail);
  }
  await engine[action](one, reason);
  return { status: 202 };
}

/** `instances/<id>/raiseEvent/<name>`. */
export async function raiseRoute(
  engine: Engine,
  request: ManagementRequest,
  id: string,
  name: string,
): Promise<HttpAnswer> {
  if (!saysJson(request)) return json(400, { Message: 'Only application/json request content is supported' });
  const body = bodyText(request);
  const fault = body === '' ? undefined : jsonFault(body);
  if (fault !== undefined) return invalidJson(fault);
  const one: Orchestration | undefined = engine.orchestrations.get(id);
  if (one === undefined) return { status: 404 };
  if (isTerminal(one.status)) return { status: 410 };
  await engine.raise(id, name, body === '' ? null : body);
  return { status: 202 };
}
