import type { ManagementRequest } from '../host/durable-extension';
import type { HttpAnswer } from '../http/http-answer';
import type { Engine } from './engine';
import { entityIdOf } from './entity-messages';
import { parseText } from './instance-view';
import { bodyText, json, jsonFault, saysJson } from './management-answers';

/** `entities/<name>/<key>`: GET reads the state, POST signals an operation, DELETE signals `delete`. */
export async function entityRoute(
  engine: Engine,
  request: ManagementRequest,
  name: string,
  key: string,
): Promise<HttpAnswer> {
  const id = entityIdOf(name, key);
  if (request.method === 'GET') {
    const one = engine.entities.get(id);
    return one?.state === undefined || one.state === null ? { status: 404 } : json(200, parseText(one.state));
  }
  if (request.method !== 'POST' && request.method !== 'DELETE') return { status: 404 };
  const unknown = engine.unknownEntity(name);
  if (unknown !== undefined) return json(400, { Message: unknown });
  const body = bodyText(request);
  const fault = body === '' || !saysJson(request) ? undefined : jsonFault(body);
  if (fault !== undefined) return json(400, { Message: `Could not parse JSON content: ${fault}` });
  const input = body === '' ? null : saysJson(request) ? body : JSON.stringify(body);
  const operation = request.method === 'DELETE' ? 'delete' : (request.query.get('op') ?? '');
  await engine.signal(id, operation, input);
  return { status: 202 };
}
