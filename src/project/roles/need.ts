/** Something that the app's identity must be allowed to do, and why. */
export interface Need {
  /** `storage` and the next three are Azure roles; `database` are rights in PostgreSQL, `api` is an app role of a web API. */
  readonly kind: 'storage' | 'vault' | 'insights' | 'communication' | 'database' | 'api';
  /** The app setting that names the account, the connection, `KEY_VAULT_URI`, the endpoint of Communication Services, or the setting of Application Insights. */
  readonly resource: string;
  /** `account`, `container <name>`, `queue <name>`, `table <name>`, or the whole resource: the narrowest that works. */
  readonly scope: string;
  readonly role: string;
  /** Id of the built-in role; null where it is no Azure role. */
  readonly roleId: string | null;
  /** Why, one sentence each. */
  readonly reasons: readonly string[];
}

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const ROLES = {
  blobOwner: { role: 'Storage Blob Data Owner', roleId: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' },
  blobContributor: { role: 'Storage Blob Data Contributor', roleId: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' },
  blobReader: { role: 'Storage Blob Data Reader', roleId: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1' },
  queueContributor: { role: 'Storage Queue Data Contributor', roleId: '974c5e8b-45b9-4653-ba55-5f855dd0fb88' },
  queueSender: { role: 'Storage Queue Data Message Sender', roleId: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a' },
  tableContributor: { role: 'Storage Table Data Contributor', roleId: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' },
  tableReader: { role: 'Storage Table Data Reader', roleId: '76199698-9eea-4c19-bc75-cec21354c6b6' },
  secretsUser: { role: 'Key Vault Secrets User', roleId: '4633458b-17de-408a-b874-0445c86b69e6' },
  /** There is none that may only send. */
  communicationOwner: {
    role: 'Communication and Email Service Owner',
    roleId: '09976791-48a7-449e-bb21-39d1a415f350',
  },
  metricsPublisher: { role: 'Monitoring Metrics Publisher', roleId: '3913510d-42f4-4e42-8a64-420c390055eb' },
} as const;

type Role = (typeof ROLES)[keyof typeof ROLES];

/** A role of a list below holds what the roles after it give, on the same resource and whatever is in it. */
const STRONGER: readonly (readonly Role[])[] = [
  [ROLES.blobOwner, ROLES.blobContributor, ROLES.blobReader],
  [ROLES.queueContributor, ROLES.queueSender],
  [ROLES.tableContributor, ROLES.tableReader],
];

/** Joins needs of the same role and scope, and leaves out what a stronger role or a wider scope gives already. */
export function joinNeeds(needs: readonly Need[]): Need[] {
  const joined = new Map<string, Need>();
  for (const need of needs) {
    const key = [need.kind, need.resource, need.scope, need.role].join('\n');
    const reasons = [...new Set([...(joined.get(key)?.reasons ?? []), ...need.reasons])];
    joined.set(key, { ...need, reasons });
  }
  const all = [...joined.values()];
  return all.filter((need) => !all.some((other) => other !== need && gives(other, need)));
}

function gives(other: Need, need: Need): boolean {
  if (other.kind !== need.kind || other.resource !== need.resource) return false;
  if (other.scope !== need.scope && other.scope !== 'account') return false;
  if (other.role === need.role) return true;
  const ranks = STRONGER.map((roles) => roles.map(({ role }): string => role)).find((roles) =>
    roles.includes(need.role),
  );
  const [mine, its] = [ranks?.indexOf(need.role) ?? -1, ranks?.indexOf(other.role) ?? -1];
  return its >= 0 && its < mine;
}
