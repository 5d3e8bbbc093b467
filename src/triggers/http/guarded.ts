import type { Route } from './handle';
import type { HttpRoute } from './http-route';
import { requireRole } from './require-role';

/** A route that does nothing for callers who have not its role. */
export function guarded({ role, does }: Pick<HttpRoute, 'role' | 'does'>): Route {
  return async (services, request, client) => {
    if (role !== null) requireRole(services, request, role);
    return does(services, request, client);
  };
}
