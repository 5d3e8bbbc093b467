import { POLICIES } from './support/policies';
import { mainSnapshot, readSnapshots, type Resource, type Snapshot } from './support/snapshot';

const holdsFor = (environments: readonly string[] | undefined, { environment }: Snapshot): boolean =>
  environments === undefined || environments.includes(environment);

describe('policies over what is deployed', () => {
  const snapshots = readSnapshots();

  it('look at both stages of all environments', () => {
    expect(snapshots.map(({ environment, stage }) => `${environment} ${stage}`).sort()).toEqual(
      ['dev', 'prod', 'staging'].flatMap((each) => [`${each} events`, `${each} main`]),
    );
  });

  for (const snapshot of snapshots) {
    const its = POLICIES.filter(({ environments }) => holdsFor(environments, snapshot));
    it.each(its)(`${snapshot.environment} ${snapshot.stage}: $name`, ({ broken }) => {
      expect(broken(snapshot)).toEqual([]);
    });
  }
});

/** One change for each policy that must break it. */
const CHANGES: Readonly<Record<string, (resource: Resource) => Resource | null>> = {
  'storage has no shared keys': changed('storageAccounts', { allowSharedKeyAccess: true }),
  'logs are taken by identity only': changed('components', { DisableLocalAuth: false }),
  'nobody publishes with a password': changed('basicPublishingCredentialsPolicies', { allow: true }),
  'the database knows no passwords': changed('flexibleServers', { authConfig: { passwordAuth: 'Enabled' } }),
  'no blob is public': changed('storageAccounts', { allowBlobPublicAccess: true }),
  'no container is public': changed('containers', { publicAccess: 'Blob' }),
  'TLS 1.2 at least': changed('storageAccounts', { minimumTlsVersion: 'TLS1_0' }),
  'nothing answers from the internet': changed('sites', { publicNetworkAccess: 'Enabled' }),
  'callers of the API are known by Entra, and nobody else gets in': changed('sites/config', {
    globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' },
  }),
  'only roles of the list, each with a reason, none on a group of resources': changed('roleAssignments', {
    roleDefinitionId: '/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  }),
  'tags say who pays': (resource) =>
    resource.type.endsWith('/vaults') ? { ...resource, tags: { owner: 'x' } } : resource,
  'what has logs sends them': (resource) =>
    /vaults\/[^/]+\/providers\/.*diagnosticSettings/.test(resource.id) ? null : resource,
  'vaults are asked by role, and what is deleted can be brought back': changed('vaults', {
    enableRbacAuthorization: false,
  }),
  'data that goes to the archive is in an account that has one': (resource) =>
    resource.type.endsWith('/storageAccounts') ? { ...resource, sku: { name: 'Standard_ZRS' } } : resource,
  'purge protection': changed('vaults', { enablePurgeProtection: null }),
  "storage and database are encrypted with a customer's key": changed('storageAccounts', {
    encryption: { keySource: 'Microsoft.Storage' },
  }),
  'keys are rotated': changed('keys', { rotationPolicy: { lifetimeActions: [] } }),
};

function changed(type: string, properties: object): (resource: Resource) => Resource {
  return (resource) =>
    resource.type.endsWith(`/${type}`)
      ? { ...resource, properties: { ...resource.properties, ...properties } }
      : resource;
}

describe('each policy', () => {
  const prod = mainSnapshot('prod');

  it.each(POLICIES)('is broken by a change against it: $name', ({ name, broken }) => {
    const change = CHANGES[name];
    if (change === undefined) throw new Error(`give '${name}' a change that breaks it`);
    const resources = prod.resources.flatMap((resource) => change(resource) ?? []);
    expect(broken({ ...prod, resources })).not.toEqual([]);
  });
});
