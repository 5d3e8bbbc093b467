import { SluiceError } from './sluice-error';

/** The caller of the API is known, and may not do this. */
export class RoleRequiredError extends SluiceError {
  /** @param role What the caller has; null for none. */
  constructor(
    readonly caller: string,
    readonly neededRole: string,
    readonly role: string | null,
  ) {
    const has = role === null ? 'has none' : `has '${role}'`;
    super(`This needs the role '${neededRole}', and ${caller} ${has}.`, {
      class: 'persistent',
      code: 'role-required',
      nextAction: `Ask whoever administers the app for the role '${neededRole}', or somebody who has it to do this.`,
    });
  }
}
