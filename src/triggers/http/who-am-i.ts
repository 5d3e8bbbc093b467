import type { Route } from './handle';
import { identify } from './caller';

/** `GET /api/me`: who asks, as the audit trail will name them, and what they may do. */
export const whoAmI: Route = async (services, request) => {
  const { name, role } = identify(services, request);
  return { jsonBody: { name, role, auth: services.callers.mode, environment: services.environment } };
};
