import type { ManagementRequest } from '../host/durable-extension';
import type { HttpAnswer } from '../http/http-answer';
import type { Engine } from './engine';
import { parseEntityId } from './entity-messages';
import { entityInstanceView, instanceView, parseText } from './instance-view';
import { json } from './management-answers';
import { isTerminal, type Orchestration } from './model';

/** Instances in one answer where `top` does not say. */
const PAGE = 100;
const STATES: ReadonlySet<string> = new Set([
  'running',
  'completed',
  'continuedasnew',
  'failed',
  'canceled',
  'terminated',
  'pending',
  'suspended',
]);
const TOKEN = 'x-ms-continuation-token';

/** `GET instances`: filters, and pages by continuation token. Ids that begin with `@` are those of entities. */
export function listInstances(engine: Engine, request: ManagementRequest): HttpAnswer {
  const prefix = request.query.get('instanceIdPrefix') ?? '';
  const found = prefix.startsWith('@')
    ? [...engine.entities.values()].filter(({ id }) => id.startsWith(prefix)).map(entityInstanceView)
    : chosen(engine, request.query).map((one) => instanceView(one, request.query));
  return page(request, found);
}

/** `DELETE instances`: purges what has ended and fits the filters. */
export function purgeInstances(engine: Engine, request: ManagementRequest): HttpAnswer {
  if (request.query.get('createdTimeFrom') === null) {
    return json(400, "Please provide value for 'createdTimeFrom' parameter.");
  }
  const purged = chosen(engine, request.query).filter(({ status }) => isTerminal(status));
  for (const one of purged) engine.forget(one);
  return purged.length === 0 ? { status: 404 } : json(200, { instancesDeleted: purged.length });
}

/** `GET entities[/name]`: those that exist. */
export function listEntities(engine: Engine, request: ManagementRequest, name: string | undefined): HttpAnswer {
  const from = timeOf(request.query, 'lastOperationTimeFrom') ?? 0;
  const to = timeOf(request.query, 'lastOperationTimeTo') ?? Infinity;
  const fetchState = request.query.get('fetchState')?.toLowerCase() === 'true';
  const found = [...engine.entities.values()].flatMap((one) => {
    const at = Date.parse(one.lastUpdatedTime);
    const entityId = parseEntityId(one.id);
    if (!one.exists || at < from || at > to) return [];
    if (name !== undefined && name !== '' && entityId?.name !== name.toLowerCase()) return [];
    return [{ entityId, lastOperationTime: one.lastUpdatedTime, state: fetchState ? parseText(one.state) : null }];
  });
  return page(request, found);
}

function page(request: ManagementRequest, found: readonly unknown[]): HttpAnswer {
  const offset = Number(Buffer.from(request.headers[TOKEN] ?? '', 'base64').toString() || 0);
  const end = offset + Math.max(1, Number(request.query.get('top') ?? PAGE) || PAGE);
  const next: Record<string, string> =
    end < found.length ? { [TOKEN]: Buffer.from(String(end)).toString('base64') } : {};
  return json(200, found.slice(offset, end), next);
}

function chosen(engine: Engine, filter: URLSearchParams): Orchestration[] {
  const statuses = (filter.get('runtimeStatus') ?? '')
    .split(',')
    .map((text) => text.trim().toLowerCase())
    // A state that there is not filters nothing.
    .filter((text) => STATES.has(text));
  const from = timeOf(filter, 'createdTimeFrom');
  const to = timeOf(filter, 'createdTimeTo');
  const prefix = filter.get('instanceIdPrefix') ?? '';
  return [...engine.orchestrations.values()].filter(({ id, status, createdTime }) => {
    const created = Date.parse(createdTime);
    if (created < (from ?? 0) || created > (to ?? Infinity) || !id.startsWith(prefix)) return false;
    return statuses.length === 0 || statuses.includes(status.toLowerCase());
  });
}

function timeOf(query: URLSearchParams, name: string): number | undefined {
  const time = Date.parse(query.get(name) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
