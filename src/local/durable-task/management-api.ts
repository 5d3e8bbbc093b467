import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagementRequest } from '../host/durable-extension';
import type { HttpAnswer } from '../http/http-answer';
import type { Engine } from './create-durable-task';
import { historyView } from './history-view';
import { exception, invalidJson, json } from './management-answers';
import type { Entity, Orchestration } from './model';

const TERMINAL = new Set(['Completed', 'Failed', 'Terminated']);
const PAGE = 100;
const seconds = (time: string): string => `${time.slice(0, 19)}Z`;

/** The management API of the durable extension, below `/runtime/webhooks/durabletask`. */
export function managementApi(
  engine: Engine,
  base: string,
  query: string,
): (request: ManagementRequest) => Promise<HttpAnswer> {
  const links = (id: string): Record<string, string> => {
    const of = (rest: string): string => `${base}/instances/${id}${rest}${rest.includes('?') ? '&' : '?'}${query}`;
    return {
      id,
      statusQueryGetUri: of(''),
      sendEventPostUri: of('/raiseEvent/{eventName}'),
      terminatePostUri: of('/terminate?reason={text}'),
      purgeHistoryDeleteUri: of(''),
      restartPostUri: of('/restart'),
      suspendPostUri: of('/suspend?reason={text}'),
      resumePostUri: of('/resume?reason={text}'),
    };
  };
  const accepted = (id: string): HttpAnswer => {
    const all = links(id);
    return json(202, all, { location: all['statusQueryGetUri'] ?? '', 'retry-after': '10' });
  };

  async function startInstance(
    request: ManagementRequest,
    name: string,
    given: string | undefined,
  ): Promise<HttpAnswer> {
    const body = textOf(request);
    if (body !== '') {
      const fault = jsonFault(body);
      if (fault !== undefined) return invalidJson(fault);
    }
    const id = given ?? randomUUID().replaceAll('-', '');
    const existing = engine.orchestrations.get(id);
    if (existing !== undefined && !TERMINAL.has(existing.status)) {
      return json(409, { Message: `An Orchestration instance with the status ${existing.status} already exists.` });
    }
    const version = request.query.get('version') ?? engine.defaultVersion;
    await engine.create({ id, name, version, input: body === '' ? null : body, parent: null, messageId: null });
    const timeout = Number(request.query.get('timeout') ?? 0);
    for (const deadline = Date.now() + timeout * 1000; Date.now() < deadline; await sleep(50)) {
      const one = engine.orchestrations.get(id);
      if (one !== undefined && TERMINAL.has(one.status)) return json(200, outputOf(one));
    }
    return accepted(id);
  }

  async function act(
    request: ManagementRequest,
    id: string,
    action: string,
    name: string | undefined,
  ): Promise<HttpAnswer> {
    const one = engine.orchestrations.get(id);
    const reason = request.query.get('reason');
    if (action === 'restart') {
      if (one === undefined) {
        const detail = `No instance with ID '${id}' was found. (Parameter 'instanceId')`;
        const message = 'InstanceId does not match a valid orchestration instance.';
        return exception(400, message, 'System.ArgumentException', detail);
      }
      const fresh = request.query.get('restartWithNewInstanceId') !== 'false';
      const next = fresh ? randomUUID().replaceAll('-', '') : id;
      await engine.create({
        id: next,
        name: one.name,
        version: one.version,
        input: one.input,
        parent: null,
        messageId: null,
      });
      return accepted(next);
    }
    if (action === 'rewind') {
      if (one === undefined) return json(404, `No orchestration with instance ID "$${id}" found.`);
      if (one.status === 'Failed') {
        await engine.rewind(one, reason ?? '');
        return { status: 202 };
      }
      const text = `This orchestration has status ${one.status}, but only orchestrations in the "Failed" state can be rewound.`;
      return json(412, text);
    }
    if (action === 'raiseEvent' && name !== undefined) return raise(request, one, name);
    if (!['terminate', 'suspend', 'resume'].includes(action) || one === undefined) return { status: 404 };
    if (TERMINAL.has(one.status)) return { status: 410 };
    if (action === 'resume' && one.status !== 'Suspended') {
      const detail = `Cannot resume the orchestration instance ${id} because instance is in the ${one.status} state.`;
      const message = 'Something went wrong while processing your request';
      return exception(500, message, 'System.InvalidOperationException', detail);
    }
    const status = action === 'terminate' ? 'Terminated' : action === 'suspend' ? 'Suspended' : 'Running';
    await engine.setStatus(one, status, reason);
    return { status: 202 };
  }

  async function raise(request: ManagementRequest, one: Orchestration | undefined, name: string): Promise<HttpAnswer> {
    if (!(request.headers['content-type'] ?? '').toLowerCase().startsWith('application/json')) {
      return json(400, { Message: 'Only application/json request content is supported' });
    }
    const body = textOf(request);
    const fault = body === '' ? undefined : jsonFault(body);
    if (fault !== undefined) return invalidJson(fault);
    if (one === undefined) return { status: 404 };
    if (TERMINAL.has(one.status)) return { status: 410 };
    await engine.raise(one.id, name, body === '' ? null : body);
    return { status: 202 };
  }

  function list(request: ManagementRequest): HttpAnswer {
    const entities = [...engine.entities.values()].filter(({ id }) =>
      id.startsWith(request.query.get('instanceIdPrefix') ?? ''),
    );
    const prefix = request.query.get('instanceIdPrefix') ?? '';
    const found = prefix.startsWith('@')
      ? entities.map(entityStatus)
      : chosen(engine, request.query).map((one) => statusOf(one, request.query));
    const offset = Number(Buffer.from(request.headers['x-ms-continuation-token'] ?? '', 'base64').toString() || 0);
    const top = Math.min(Number(request.query.get('top') ?? PAGE) || PAGE, 1000);
    const page = found.slice(offset, offset + top);
    const next = offset + top < found.length ? Buffer.from(String(offset + top)).toString('base64') : '';
    return json(200, page, { 'x-ms-continuation-token': next });
  }

  function purge(request: ManagementRequest): HttpAnswer {
    if (request.query.get('createdTimeFrom') === null)
      return json(400, "Please provide value for 'createdTimeFrom' parameter.");
    const purged = chosen(engine, request.query).filter((one) => TERMINAL.has(one.status));
    for (const one of purged) engine.forget(one);
    return purged.length === 0 ? { status: 404 } : json(200, { instancesDeleted: purged.length });
  }

  async function onInstance(request: ManagementRequest, id: string): Promise<HttpAnswer> {
    const entity = engine.entities.get(id);
    if (entity !== undefined && request.method === 'GET') return json(202, entityStatus(entity), pollHeaders(id));
    const one = engine.orchestrations.get(id);
    if (one === undefined || !['GET', 'DELETE'].includes(request.method)) return Promise.resolve({ status: 404 });
    if (request.method === 'GET') {
      if (!TERMINAL.has(one.status)) return json(202, statusOf(one, request.query), pollHeaders(id));
      const asError = request.query.get('returnInternalServerErrorOnFailure')?.toLowerCase() === 'true';
      return json(asError && one.status === 'Failed' ? 500 : 200, statusOf(one, request.query));
    }
    if (!TERMINAL.has(one.status)) {
      const text = `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${id} has status ${one.status}`;
      return json(412, text);
    }
    engine.forget(one);
    return json(200, { instancesDeleted: 1 });
  }

  const pollHeaders = (id: string): Record<string, string> => ({
    location: `${base}/instances/${id}`,
    'retry-after': '5',
  });

  async function onEntity(request: ManagementRequest, name: string, key: string): Promise<HttpAnswer> {
    const id = `@${name.toLowerCase()}@${key}`;
    if (request.method === 'GET') {
      const one = engine.entities.get(id);
      return one === undefined || !one.exists ? { status: 404 } : json(200, parse(one.state));
    }
    if (request.method !== 'POST' && request.method !== 'DELETE') return { status: 404 };
    const unknown = engine.unknownEntity(name);
    if (unknown !== undefined) return json(400, { Message: unknown });
    const body = textOf(request);
    const isJson = (request.headers['content-type'] ?? '').toLowerCase().startsWith('application/json');
    const fault = body === '' || !isJson ? undefined : jsonFault(body);
    if (fault !== undefined) return json(400, { Message: `Could not parse JSON content: ${fault}` });
    const input = body === '' ? null : isJson ? body : JSON.stringify(body);
    const messageId = randomUUID();
    const operation = request.method === 'DELETE' ? 'delete' : (request.query.get('op') ?? '');
    await engine.operate(id, messageId, { id: messageId, name: operation, input, isSignal: true, parent: null });
    return { status: 202 };
  }

  return (request) => {
    const [, kind, first, second, third] = request.path.split('/').map(decodeURIComponent);
    if (kind === 'orchestrators' && request.method === 'POST' && first !== undefined) {
      return startInstance(request, first, second);
    }
    if (kind === 'instances' && (first === undefined || first === '')) {
      if (request.method === 'GET') return Promise.resolve(list(request));
      if (request.method === 'DELETE') return Promise.resolve(purge(request));
    } else if (kind === 'instances' && first !== undefined) {
      if (second === undefined || second === '') return onInstance(request, first);
      if (request.method === 'POST') return act(request, first, second, third);
    } else if (kind === 'entities' && first !== undefined) {
      if (second !== undefined) return onEntity(request, first, second);
      if (request.method === 'GET') return Promise.resolve(listEntities(engine, request, first));
      return onEntity(request, first, '');
    } else if (kind === 'entities' && request.method === 'GET') {
      return Promise.resolve(listEntities(engine, request, undefined));
    }
    return Promise.resolve({ status: 404 });
  };
}

function statusOf(one: Orchestration, query: URLSearchParams): Record<string, unknown> {
  const history = query.get('showHistory')?.toLowerCase() === 'true';
  const withOutput = query.get('showHistoryOutput')?.toLowerCase() === 'true';
  return {
    name: one.name,
    instanceId: one.id,
    runtimeStatus: one.status,
    input: query.get('showInput')?.toLowerCase() === 'false' ? null : parse(one.input),
    customStatus: one.customStatus ?? null,
    output: outputOf(one),
    createdTime: seconds(one.createdTime),
    lastUpdatedTime: seconds(one.lastUpdatedTime),
    ...(history ? { historyEvents: historyView(one, withOutput) } : {}),
  };
}

function entityStatus(one: Entity): Record<string, unknown> {
  return {
    name: one.id,
    instanceId: one.id,
    runtimeStatus: 'Running',
    input: { exists: one.exists, ...(one.state === null ? {} : { state: one.state }), sorter: {} },
    customStatus: { entityExists: one.exists },
    output: null,
    createdTime: seconds(one.lastUpdatedTime),
    lastUpdatedTime: seconds(one.lastUpdatedTime),
  };
}

function listEntities(engine: Engine, request: ManagementRequest, name: string | undefined): HttpAnswer {
  const from = Date.parse(request.query.get('lastOperationTimeFrom') ?? '') || 0;
  const to = Date.parse(request.query.get('lastOperationTimeTo') ?? '') || Infinity;
  const fetchState = request.query.get('fetchState')?.toLowerCase() === 'true';
  const found = [...engine.entities.values()].flatMap((one) => {
    const [, entity = '', key = ''] = /^@([^@]*)@(.*)$/.exec(one.id) ?? [];
    const at = Date.parse(one.lastUpdatedTime);
    if (!one.exists || at < from || at > to || (name !== undefined && name !== '' && entity !== name.toLowerCase()))
      return [];
    return [
      {
        entityId: { name: entity, key },
        lastOperationTime: one.lastUpdatedTime,
        state: fetchState ? parse(one.state) : null,
      },
    ];
  });
  return json(200, found, { 'x-ms-continuation-token': '' });
}

function outputOf(one: Orchestration): unknown {
  if (one.output === null || one.output === '') return null;
  return one.status === 'Completed' ? parse(one.output) : one.output;
}

function chosen(engine: Engine, filter: URLSearchParams): Orchestration[] {
  const statuses = (filter.get('runtimeStatus') ?? '')
    .split(',')
    .filter(Boolean)
    .map((text) => text.trim().toLowerCase());
  const from = Date.parse(filter.get('createdTimeFrom') ?? '') || 0;
  const to = Date.parse(filter.get('createdTimeTo') ?? '') || Infinity;
  const prefix = filter.get('instanceIdPrefix') ?? '';
  return [...engine.orchestrations.values()].filter((one) => {
    const created = Date.parse(one.createdTime);
    const state = statuses.length === 0 || statuses.includes(one.status.toLowerCase());
    return created >= from && created <= to && one.id.startsWith(prefix) && state;
  });
}

const textOf = (request: ManagementRequest): string => Buffer.from(request.body).toString('utf8');

function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parse(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown);
}
