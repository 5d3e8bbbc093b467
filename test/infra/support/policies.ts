import { ROUTES } from '../../../src/triggers/http/routes';
import { roleAssignments } from './role-assignments';
import { at, type Resource, type Snapshot } from './snapshot';

/** A rule over one snapshot: what breaks it, as names of resources. */
export interface Policy {
  readonly name: string;
  /** Environments that it holds for; all where absent. */
  readonly environments?: readonly string[];
  readonly broken: (snapshot: Snapshot) => string[];
}

/** The roles that anybody may get here; a wide one such as Contributor or Owner is in no list. */
export const ALLOWED_ROLES: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': 'Storage Blob Data Reader',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a': 'Storage Queue Data Message Sender',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  'e147488a-f6f5-4113-8e2d-b22465e65bf6': 'Key Vault Crypto Service Encryption User',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
};
/** Where the platform lets everybody through: to the routes that ask for no role, and nowhere else. */
const OPEN_PATHS = [
  ...new Set(ROUTES.filter(({ role }) => role === null).map(({ route }) => `/api/${route.replace(/\{\w+\}$/, '*')}`)),
].toSorted();
const TAGS = ['costCenter', 'owner', 'dataClassification', 'application', 'environment'];
/** Parts of other resources, and what Azure gives no tags. */
const WITHOUT_TAGS =
  /diagnosticSettings|roleAssignments|budgets|Services|managementPolicies|\/(configurations|administrators|databases|basicPublishingCredentialsPolicies|privateDnsZoneGroups|eventSubscriptions|sites\/config)$/;
const LOGGED =
  /^Microsoft\.(Storage\/storageAccounts(\/(blob|queue|table)Services)?|KeyVault\/vaults|OperationalInsights\/workspaces|Network\/(virtualNetworks|networkSecurityGroups)|Web\/(sites|serverfarms)|DBforPostgreSQL\/flexibleServers|EventGrid\/systemTopics)$/;

const STORAGE = 'Microsoft.Storage/storageAccounts';
const VAULT = 'Microsoft.KeyVault/vaults';
const APP = 'Microsoft.Web/sites';
const DATABASE = 'Microsoft.DBforPostgreSQL/flexibleServers';

const named = (resources: readonly Resource[]): string[] => resources.map(({ type, name }) => `${type} ${name}`);
const of = ({ resources }: Snapshot, ...types: string[]): Resource[] =>
  resources.filter(({ type }) => types.includes(type));
const unless =
  (types: readonly string[], holds: (resource: Resource) => boolean) =>
  (snapshot: Snapshot): string[] =>
    named(of(snapshot, ...types).filter((resource) => !holds(resource)));
const property = (resource: Resource, ...keys: string[]): unknown => at(resource, 'properties', ...keys);

export const POLICIES: readonly Policy[] = [
  {
    name: 'storage has no shared keys',
    broken: unless([STORAGE], (it) => property(it, 'allowSharedKeyAccess') === false),
  },
  {
    name: 'logs are taken by identity only',
    broken: unless(
      ['Microsoft.Insights/components', 'Microsoft.OperationalInsights/workspaces'],
      (it) => property(it, 'DisableLocalAuth') === true || property(it, 'features', 'disableLocalAuth') === true,
    ),
  },
  {
    name: 'nobody publishes with a password',
    broken: unless([`${APP}/basicPublishingCredentialsPolicies`], (it) => property(it, 'allow') === false),
  },
  {
    name: 'the database knows no passwords',
    broken: unless([DATABASE], (it) => property(it, 'authConfig', 'passwordAuth') === 'Disabled'),
  },
  { name: 'no blob is public', broken: unless([STORAGE], (it) => property(it, 'allowBlobPublicAccess') === false) },
  {
    name: 'no container is public',
    broken: unless([`${STORAGE}/blobServices/containers`], (it) => property(it, 'publicAccess') === 'None'),
  },
  {
    name: 'TLS 1.2 at least',
    broken: (snapshot) => [
      ...unless(
        [STORAGE],
        (it) => property(it, 'minimumTlsVersion') === 'TLS1_2' && property(it, 'supportsHttpsTrafficOnly') === true,
      )(snapshot),
      ...unless(
        [APP],
        (it) => property(it, 'httpsOnly') === true && property(it, 'siteConfig', 'minTlsVersion') === '1.2',
      )(snapshot),
      ...unless([APP], (it) => property(it, 'siteConfig', 'scmMinTlsVersion') === '1.2')(snapshot),
      ...unless(
        [`${DATABASE}/configurations`],
        (it) => !it.name.endsWith('/ssl_min_protocol_version') || property(it, 'value') === 'TLSv1.2',
      )(snapshot),
    ],
  },
  {
    name: 'nothing answers from the internet',
    environments: ['staging', 'prod'],
    broken: (snapshot) => [
      ...unless([STORAGE, VAULT, APP], (it) => property(it, 'publicNetworkAccess') === 'Disabled')(snapshot),
      ...unless([STORAGE, VAULT], (it) => property(it, 'networkAcls', 'defaultAction') === 'Deny')(snapshot),
      ...unless([DATABASE], (it) => property(it, 'network', 'publicNetworkAccess') === 'Disabled')(snapshot),
    ],
  },
  {
    name: 'callers of the API are known by Entra, and nobody else gets in',
    environments: ['staging', 'prod'],
    broken: (snapshot) => {
      const settings = of(snapshot, `${APP}/config`).filter(({ name }) => name.endsWith('/authsettingsV2'));
      if (of(snapshot, APP).length > settings.length) return [`${APP} without authsettingsV2`];
      const closed = (it: Resource): boolean =>
        property(it, 'platform', 'enabled') === true &&
        property(it, 'globalValidation', 'requireAuthentication') === true &&
        property(it, 'globalValidation', 'unauthenticatedClientAction') === 'Return401' &&
        JSON.stringify(property(it, 'globalValidation', 'excludedPaths')) === JSON.stringify(OPEN_PATHS);
      return named(settings.filter((it) => !closed(it)));
    },
  },
  {
    name: 'only roles of the list, each with a reason, none on a group of resources',
    broken: (snapshot) =>
      roleAssignments(snapshot)
        .filter(
          ({ roleId, reason, scope }) => !(roleId in ALLOWED_ROLES) || reason.length < 20 || !/\/.+\//.test(scope),
        )
        .map(({ roleId, scope }) => `${roleId} on ${scope}`),
  },
  {
    name: 'tags say who pays',
    broken: ({ resources }) =>
      named(
        resources.filter(
          ({ type, tags }) => !WITHOUT_TAGS.test(type) && !TAGS.every((tag) => (tags?.[tag] ?? '') !== ''),
        ),
      ),
  },
  {
    name: 'what has logs sends them',
    broken: ({ resources }) => {
      const settings = resources
        .filter(({ type }) => type === 'Microsoft.Insights/diagnosticSettings')
        .map(({ id }) => id.toLowerCase());
      const without = resources.filter(
        ({ type, id }) =>
          LOGGED.test(type) &&
          !settings.some((each) => each.startsWith(`${id.toLowerCase()}/providers/microsoft.insights/`)),
      );
      return named(without);
    },
  },
  {
    name: 'vaults are asked by role, and what is deleted can be brought back',
    broken: unless(
      [VAULT],
      (it) => property(it, 'enableRbacAuthorization') === true && property(it, 'enableSoftDelete') === true,
    ),
  },
  {
    name: 'data that goes to the archive is in an account that has one',
    broken: (snapshot) => {
      const archives = of(snapshot, `${STORAGE}/managementPolicies`).filter((it) =>
        JSON.stringify(it).includes('tierToArchive'),
      );
      const accounts = archives.map(({ name }) => name.split('/')[0]);
      const skus = ['Standard_LRS', 'Standard_GRS', 'Standard_RAGRS'];
      const sku = (it: Resource): string => (it['sku'] as { readonly name: string }).name;
      return named(of(snapshot, STORAGE).filter((it) => accounts.includes(it.name) && !skus.includes(sku(it))));
    },
  },
  {
    name: 'purge protection',
    environments: ['prod'],
    broken: unless([VAULT], (it) => property(it, 'enablePurgeProtection') === true),
  },
  {
    name: "storage and database are encrypted with a customer's key",
    environments: ['prod'],
    broken: (snapshot) => [
      ...unless(
        [STORAGE],
        (it) =>
          property(it, 'encryption', 'keySource') === 'Microsoft.Keyvault' &&
          !('keyversion' in ((property(it, 'encryption', 'keyvaultproperties') ?? {}) as object)),
      )(snapshot),
      ...unless([DATABASE], (it) => property(it, 'dataEncryption', 'type') === 'AzureKeyVault')(snapshot),
    ],
  },
  {
    name: 'keys are rotated',
    broken: unless([`${VAULT}/keys`], (it) =>
      JSON.stringify(property(it, 'rotationPolicy', 'lifetimeActions') ?? []).includes('"rotate"'),
    ),
  },
];
