import type { HttpRequest } from '@azure/functions';
import { AuthenticationOffError } from '../../errors/authentication-off-error';
import { RoleRequiredError } from '../../errors/role-required-error';
import { SignInRequiredError } from '../../errors/sign-in-required-error';
import { isAtLeast, type Role } from '../../model/role';
import type { TriggerServices } from '../trigger-services';
import { identify, type Caller } from './caller';

/**
 * Gives the caller who has at least the role. Every route asks for its own before it does anything; a route may ask for more once it knows
 * what is asked of it. What is thrown here stands in the audit trail.
 * @throws {AuthenticationOffError | SignInRequiredError | RoleRequiredError}
 */
export function requireRole(services: Pick<TriggerServices, 'callers'>, request: HttpRequest, needed: Role): Caller {
  const { mode, appServiceAuthentication } = services.callers;
  if (mode === 'entra' && !appServiceAuthentication) throw new AuthenticationOffError();
  const caller = identify(services, request);
  if (!caller.known) throw new SignInRequiredError(needed);
  if (!isAtLeast(caller.role, needed)) throw new RoleRequiredError(caller.name, needed, caller.role);
  return caller;
}
