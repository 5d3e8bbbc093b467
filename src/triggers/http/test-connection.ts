import type { Route } from './handle';

/** `POST /api/connections/{name}/test`: what works of a connection, in words; 200 also when nothing does. */
export const testConnection: Route = async (services, request) => ({
  jsonBody: { ...(await services.testConnection(request.params['name'] ?? '')) },
});
