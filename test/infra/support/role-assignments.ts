import { at, type Snapshot } from './snapshot';

/** A role assignment of a snapshot. */
export interface RoleAssignment {
  /** The name of the identity, or of the resource whose own identity it is. */
  readonly principal: string;
  readonly roleId: string;
  /** Below the resource group: `Microsoft.Storage/storageAccounts/x/blobServices/default/containers/y`. */
  readonly scope: string;
  readonly reason: string;
}

/** All of them. @throws {Error} for one whose form is not known, which would otherwise go unchecked. */
export function roleAssignments({ resources }: Snapshot): RoleAssignment[] {
  return resources
    .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
    .map((resource) => {
      const given = (key: string): string => {
        const value = at(resource, 'properties', key);
        return typeof value === 'string' ? value : '';
      };
      const scope = /^\[extensionResourceId\('[^']*\/resourceGroups\/[^/']+\/providers\/([^']+)'/.exec(
        resource.id,
      )?.[1];
      const principal = /(?:userAssignedIdentities|systemTopics|sites)\/([^']+)'/.exec(given('principalId'))?.[1];
      const roleId = /\/roleDefinitions\/([0-9a-f-]{36})$/.exec(given('roleDefinitionId'))?.[1];
      if (scope === undefined || principal === undefined || roleId === undefined) {
        throw new Error(`a role assignment that cannot be read: ${JSON.stringify(resource)}`);
      }
      return { principal, roleId, scope, reason: given('description') };
    });
}
