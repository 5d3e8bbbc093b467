import type { Project } from '../../config/project';
import type { AlertsConfig } from '../../config/schema/alerts';
import { alertNeeds } from './alert-needs';
import { connectionNeeds } from './connection-needs';
import { joinNeeds, ROLES, type Need } from './need';
import { secretNeeds } from './secret-needs';

/** Settings of the app that decide what it needs besides its pipelines. */
export interface NeedSettings {
  /** `SLUICE_STORAGE`: the prefix of the settings of the account for artifacts and tables. */
  readonly storage: string;
  /** `SLUICE_EVENT_QUEUE`: the queue of that account which events of arriving files wait in; null where there is none. */
  readonly eventQueue: string | null;
}

const HOST = 'AzureWebJobsStorage';

/**
 * All that the app's identity needs, derived from the pipelines, their connections, the channels of alerts and the settings: the narrowest role at
 * the narrowest scope. https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
 */
export function projectNeeds(
  project: Pick<Project, 'connections' | 'pipelines'>,
  settings: NeedSettings,
  alerts: AlertsConfig | null = null,
): Need[] {
  return joinNeeds([
    ...hostNeeds(),
    ...stateNeeds(settings),
    ...triggerNeeds(project, settings),
    ...connectionNeeds(project),
    ...secretNeeds(project),
    ...(alerts === null ? [] : alertNeeds(alerts)),
    {
      kind: 'insights',
      resource: 'APPLICATIONINSIGHTS_CONNECTION_STRING',
      scope: 'resource',
      ...ROLES.metricsPublisher,
      reasons: ['the app sends traces, logs and metrics'],
    },
  ]);
}

function hostNeeds(): Need[] {
  const account = { kind: 'storage', resource: HOST, scope: 'account' } as const;
  return [
    {
      ...account,
      ...ROLES.blobOwner,
      reasons: ['the Functions host and Durable keep leases, keys and large messages'],
    },
    { ...account, ...ROLES.queueContributor, reasons: ['Durable makes the queues of its hub and uses them'] },
    { ...account, ...ROLES.tableContributor, reasons: ['Durable makes the tables of its hub and uses them'] },
  ];
}

function stateNeeds({ storage }: NeedSettings): Need[] {
  const reasons = (what: string) => [`the app keeps ${what}`];
  return [
    {
      kind: 'storage',
      resource: storage,
      scope: 'container work',
      ...ROLES.blobContributor,
      reasons: reasons('artifacts, run plans and quarantined rows there'),
    },
    {
      kind: 'storage',
      resource: storage,
      scope: 'container audit',
      ...ROLES.blobContributor,
      reasons: reasons('a copy of the audit trail in blobs that nobody can change'),
    },
    {
      kind: 'storage',
      resource: storage,
      scope: 'account',
      ...ROLES.tableContributor,
      reasons: reasons('run records, watermarks and the audit trail in tables that it makes on first use'),
    },
  ];
}

/** A queue takes the place of the triggers of the host, which Event Grid cannot call in a private network. */
function triggerNeeds({ pipelines }: Pick<Project, 'pipelines'>, { storage, eventQueue }: NeedSettings): Need[] {
  if (eventQueue !== null) {
    const reasons = ['events of arriving files wait there until the app takes them off'];
    const failed = ['the host puts events there that failed five times'];
    return [
      { kind: 'storage', resource: storage, scope: `queue ${eventQueue}`, ...ROLES.queueContributor, reasons },
      {
        kind: 'storage',
        resource: storage,
        scope: `queue ${eventQueue}-poison`,
        ...ROLES.queueSender,
        reasons: failed,
      },
    ];
  }
  return Object.values(pipelines).flatMap(({ pipeline, trigger }): Need[] => {
    if (trigger?.blob === undefined) return [];
    const { setting, path } = trigger.blob;
    const container = path.slice(0, path.indexOf('/'));
    const reasons = [`the blob trigger of pipeline ${pipeline} reads the blobs that arrive`];
    const poison = [`the blob trigger of pipeline ${pipeline} puts what failed five times into a queue that it makes`];
    return [
      { kind: 'storage', resource: setting, scope: `container ${container}`, ...ROLES.blobOwner, reasons },
      { kind: 'storage', resource: setting, scope: 'account', ...ROLES.queueContributor, reasons: poison },
    ];
  });
}
