import type { ManagementRequest } from '../host/durable-extension';
import type { HttpAnswer } from '../http/http-answer';
import type { Engine } from './engine';
import { entityRoute } from './entity-routes';
import { instanceRoute, raiseRoute, rewindRoute, steerRoute } from './instance-routes';
import { listEntities, listInstances, purgeInstances } from './list-instances';
import type { ManagementUrls } from './management-urls';
import { restartRoute, startRoute } from './start-routes';

const NOT_FOUND: HttpAnswer = { status: 404 };

/**
 * The management API of the durable extension, below `/runtime/webhooks/durabletask`:
 * https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api
 */
export function managementApi(
  engine: Engine,
  base: string,
  urls: ManagementUrls,
): (request: ManagementRequest) => Promise<HttpAnswer> {
  return async (request) => {
    const parts = request.path.split('/').map(decodeURIComponent);
    const [, kind, first = '', second = '', third = ''] = parts;
    const { method } = request;
    if (kind === 'orchestrators') {
      if (method !== 'POST' || first === '') return NOT_FOUND;
      return startRoute(engine, urls, request, first, second === '' ? undefined : second);
    }
    if (kind === 'entities') {
      if (method === 'GET' && second === '' && parts.length < 4) {
        return listEntities(engine, request, first === '' ? undefined : first);
      }
      return first === '' ? NOT_FOUND : entityRoute(engine, request, first, second);
    }
    if (kind !== 'instances') return NOT_FOUND;
    if (first === '') {
      if (method === 'GET') return listInstances(engine, request);
      return method === 'DELETE' ? purgeInstances(engine, request) : NOT_FOUND;
    }
    if (second === '') return instanceRoute(engine, base, request, first);
    return method === 'POST' ? act(request, first, second, third) : NOT_FOUND;
  };

  async function act(request: ManagementRequest, id: string, action: string, name: string): Promise<HttpAnswer> {
    switch (action) {
      case 'raiseEvent':
        return name === '' ? NOT_FOUND : raiseRoute(engine, request, id, name);
      case 'terminate':
      case 'suspend':
      case 'resume':
        return steerRoute(engine, request, id, action);
      case 'rewind':
        return rewindRoute(engine, request, id);
      case 'restart':
        return restartRoute(engine, urls, request, id);
      default:
        return NOT_FOUND;
    }
  }
}
