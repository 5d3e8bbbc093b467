import { redact } from '../../observability/redact';
import type { Route } from './handle';

/** `POST /api/connections/{name}/test`: what works of a connection, in words; 200 also when nothing does. */
export const testConnection: Route = async (services, request) => {
  const tested = await services.testConnection(request.params['name'] ?? '');
  const uses = tested.uses.map(({ failure, findings, ...use }) => ({
    ...use,
    findings: findings.map(redact),
    failure: failure === null ? null : { ...failure, message: redact(failure.message) },
  }));
  return { jsonBody: { ...tested, uses } };
};
