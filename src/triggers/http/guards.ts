import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import type { ApprovalMatter, GuardedAction, Guards } from '../../config/schema/guards';
import { ConfirmationRequiredError } from '../../errors/confirmation-required-error';
import { ProjectInvalidError } from '../../errors/project-invalid-error';
import type { TriggerServices } from '../trigger-services';
import { requireRole } from './require-role';

/** `confirm` of a body: the name of what something is done to, or the names. */
export const confirmation = z
  .union([z.string().max(200), z.array(z.string().max(200)).max(500)])
  .transform((given) => (typeof given === 'string' ? [given] : given))
  .default([]);

const WORDS: Readonly<Record<GuardedAction, string>> = {
  replace: 'a run that replaces a whole table',
  undo: 'an undo',
  backfill: 'a backfill',
  force: 'what is done with force',
  activate: 'the use of another version',
};

/**
 * What the environment asks of people.
 * @throws {ProjectInvalidError} where its overlay cannot be read: then nobody knows, and nothing that it may guard is done.
 */
export function guardsOf({ project }: Pick<TriggerServices, 'project'>): Guards {
  const { guards, problems } = project.load();
  if (guards === null) throw new ProjectInvalidError(problems.filter(({ severity }) => severity === 'error'));
  return guards;
}

/** What is about to be done, and the names that must be confirmed; none need nothing. */
export interface Guarded {
  readonly action: GuardedAction;
  readonly names: readonly string[];
  readonly confirm: readonly string[];
}

/**
 * Lets go on who has confirmed by name what the environment wants to be confirmed, and has the role for it.
 * @throws {ConfirmationRequiredError | RoleRequiredError | ProjectInvalidError}
 */
export function requireConfirmation(
  services: Pick<TriggerServices, 'project' | 'callers' | 'environment'>,
  request: HttpRequest,
  { action, names, confirm }: Guarded,
): void {
  const guards = guardsOf(services);
  if (names.length === 0 || !guards.confirm.includes(action)) return;
  requireRole(services, request, guards.role);
  const missing = names.some((name) => !confirm.includes(name));
  if (missing) throw new ConfirmationRequiredError(WORDS[action], services.environment, names);
}

/** Whether something waits for an approval. */
export function waitsForApproval(guards: Guards, matter: ApprovalMatter): boolean {
  return guards.approval?.for.includes(matter) ?? false;
}
