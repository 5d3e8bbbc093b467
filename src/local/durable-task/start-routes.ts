import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagementRequest } from '../host/durable-extension';
import type { HttpAnswer } from '../http/http-answer';
import type { Engine } from './engine';
import { outputOf } from './instance-view';
import { bodyText, exception, invalidJson, json, jsonFault } from './management-answers';
import type { ManagementUrls } from './management-urls';
import { isTerminal } from './model';

/** How often a request that waits for the end looks, in ms. */
const LOOK_MS = 50;

/** `POST orchestrators/<name>[/<id>]`; with `timeout` (seconds) it waits for the end. */
export async function startRoute(
  engine: Engine,
  urls: ManagementUrls,
  request: ManagementRequest,
  name: string,
  given: string | undefined,
): Promise<HttpAnswer> {
  const body = bodyText(request);
  const fault = body === '' ? undefined : jsonFault(body);
  if (fault !== undefined) return invalidJson(fault);
  const id = given ?? newInstanceId();
  const existing = engine.orchestrations.get(id);
  if (existing !== undefined && !isTerminal(existing.status)) {
    return json(409, { Message: `An Orchestration instance with the status ${existing.status} already exists.` });
  }
  const version = request.query.get('version') ?? engine.defaultVersion;
  await engine.create({ id, name, version, input: body === '' ? null : body });
  const seconds = Number(request.query.get('timeout') ?? 0);
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(LOOK_MS)) {
    const one = engine.orchestrations.get(id);
    if (one !== undefined && isTerminal(one.status)) return json(200, outputOf(one));
  }
  return accepted(urls, id);
}

/** `POST instances/<id>/restart`: starts it again with its input, under a new id unless the request says otherwise. */
export async function restartRoute(
  engine: Engine,
  urls: ManagementUrls,
  request: ManagementRequest,
  id: string,
): Promise<HttpAnswer> {
  const one = engine.orchestrations.get(id);
  if (one === undefined) {
    const detail = `No instance with ID '${id}' was found. (Parameter 'instanceId')`;
    const message = 'InstanceId does not match a valid orchestration instance.';
    return exception(400, message, 'System.ArgumentException', detail);
  }
  const next = request.query.get('restartWithNewInstanceId')?.toLowerCase() === 'false' ? id : newInstanceId();
  const { name, version, input } = one;
  await engine.create({ id: next, name, version, input });
  return accepted(urls, next);
}

function accepted(urls: ManagementUrls, id: string): HttpAnswer {
  const all = urls(id);
  return json(202, all, { location: all['statusQueryGetUri'] ?? '', 'retry-after': '10' });
}

function newInstanceId(): string {
  return randomUUID().replaceAll('-', '');
}
