import { randomUUID } from 'node:crypto';
import type { ManagementRequest } from '../host/durable-extension';
import type { HttpAnswer } from '../http/http-answer';
import type { Engine } from './create-durable-task';
import type { Orchestration } from './model';

const TERMINAL = new Set(['Completed', 'Failed', 'Terminated']);
const seconds = (time: string): string => `${time.slice(0, 19)}Z`;
const json = (status: number, value: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
});
const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text));

function statusOf(one: Orchestration, query: URLSearchParams): Record<string, unknown> {
  const showInput = query.get('showInput') !== 'false';
  return {
    name: one.name,
    instanceId: one.id,
    runtimeStatus: one.status,
    input: showInput ? parse(one.input) : null,
    customStatus: one.customStatus ?? null,
    output:
      one.output === null
        ? null
        : TERMINAL.has(one.status) && one.status !== 'Terminated'
          ? parse(one.output)
          : one.output,
    createdTime: seconds(one.createdTime),
    lastUpdatedTime: seconds(one.lastUpdatedTime),
    ...(query.get('showHistory') === 'true' ? { historyEvents: one.history } : {}),
  };
}

/** The management API of the durable extension, below its prefix. */
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
      rewindPostUri: of('/rewind?reason={text}'),
      restartPostUri: of('/restart'),
      suspendPostUri: of('/suspend?reason={text}'),
      resumePostUri: of('/resume?reason={text}'),
    };
  };
  const chosen = (filter: URLSearchParams): Orchestration[] => {
    const statuses = (filter.get('runtimeStatus') ?? '')
      .split(',')
      .filter(Boolean)
      .map((text) => text.toLowerCase());
    const from = Date.parse(filter.get('createdTimeFrom') ?? '') || 0;
    const to = Date.parse(filter.get('createdTimeTo') ?? '') || Infinity;
    const prefix = filter.get('instanceIdPrefix') ?? '';
    return [...engine.orchestrations.values()].filter((one) => {
      const created = Date.parse(one.createdTime);
      return (
        created >= from &&
        created <= to &&
        one.id.startsWith(prefix) &&
        (statuses.length === 0 || statuses.includes(one.status.toLowerCase()))
      );
    });
  };
  return async (request) => {
    const [, kind, first, second, third] = request.path.split('/').map(decodeURIComponent);
    const body = Buffer.from(request.body).toString('utf8');
    if (kind === 'orchestrators' && request.method === 'POST' && first !== undefined) {
      const id = second ?? randomUUID().replaceAll('-', '');
      const existing = engine.orchestrations.get(id);
      if (existing !== undefined && !TERMINAL.has(existing.status))
        return json(409, { message: `An Orchestration instance with the status ${existing.status} already exists.` });
      const version = request.query.get('version') ?? engine.defaultVersion;
      await engine.create({
        id,
        name: first,
        version,
        input: body === '' ? null : body,
        parent: null,
        messageId: null,
      });
      const all = links(id);
      return json(202, all, { location: all['statusQueryGetUri'] ?? '', 'retry-after': '10' });
    }
    if (kind === 'instances' && (first === undefined || first === '')) {
      if (request.method === 'GET')
        return json(
          200,
          chosen(request.query).map((one) => statusOf(one, request.query)),
        );
      if (request.method === 'DELETE') {
        const purged = chosen(request.query).filter((one) => TERMINAL.has(one.status));
        for (const one of purged) engine.forget(one);
        return purged.length === 0 ? { status: 404 } : json(200, { instancesDeleted: purged.length });
      }
    }
    if (kind === 'instances' && first !== undefined) {
      const one = engine.orchestrations.get(first);
      if (one === undefined) return { status: 404 };
      if (request.method === 'GET') return json(TERMINAL.has(one.status) ? 200 : 202, statusOf(one, request.query));
      if (request.method === 'DELETE') {
        if (!TERMINAL.has(one.status)) return { status: 412 };
        engine.forget(one);
        return json(200, { instancesDeleted: 1 });
      }
      const reason = request.query.get('reason') ?? '';
      if (TERMINAL.has(one.status)) return { status: 410 };
      if (second === 'raiseEvent' && third !== undefined) {
        await engine.post(one.id, randomUUID(), {
          EventType: 15,
          EventId: -1,
          IsPlayed: false,
          Timestamp: new Date().toISOString(),
          Name: third,
          Input: body === '' ? null : body,
        });
        return { status: 202 };
      }
      if (second === 'terminate') await engine.setStatus(one, 'Terminated', reason);
      else if (second === 'suspend') await engine.setStatus(one, 'Suspended', reason);
      else if (second === 'resume') await engine.setStatus(one, 'Running', null);
      else return { status: 404 };
      return { status: 202 };
    }
    if (kind === 'entities' && first !== undefined && second !== undefined) {
      const id = `@${first.toLowerCase()}@${second}`;
      if (request.method === 'GET') {
        const one = engine.entities.get(id);
        return one === undefined || !one.exists ? { status: 404 } : json(200, parse(one.state));
      }
      const messageId = randomUUID();
      await engine.operate(id, messageId, {
        id: messageId,
        name: request.query.get('op') ?? '',
        input: body === '' ? null : body,
        isSignal: true,
        parent: null,
      });
      return { status: 202 };
    }
    return { status: 404 };
  };
}
