import { checkLimits } from './check-limits';
import type { Route } from './handle';
import type { HttpRoute } from './http-route';
import { limitRate } from './limit-rate';
import { refuseCrossSite } from './refuse-cross-site';
import { requireRole } from './require-role';

/** A route that does nothing for who asks too often, for who has not its role, for what another site has a browser ask, and for what no route could understand. */
export function guarded({ role, does, method }: Pick<HttpRoute, 'role' | 'does' | 'method'>): Route {
  return async (services, request, client) => {
    limitRate(services, request, { role, method });
    refuseCrossSite(request, method);
    if (role !== null) requireRole(services, request, role);
    checkLimits(request);
    return does(services, request, client);
  };
}
