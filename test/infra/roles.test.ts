import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadProject } from '../../src/config/load-project';
import { eventSubscriptions } from '../../src/project/roles/event-subscriptions';
import { projectNeeds } from '../../src/project/roles/project-needs';
import { appSettings } from './support/app-settings';
import { roleAssignments } from './support/role-assignments';
import { mainSnapshot } from './support/snapshot';

const ROOT = path.resolve(__dirname, '../..');
const load = (environment: string, env: Readonly<Record<string, string>>) => {
  const { project, problems } = loadProject({ folder: path.join(ROOT, 'pipelines'), environment, env });
  if (project === null) throw new Error(JSON.stringify(problems));
  return project;
};

/** The role assignments of the app are exactly what `sluice roles` derives for its settings: none missing, none too many. */
describe.each(['dev', 'staging', 'prod'])('roles of %s', (environment) => {
  const snapshot = mainSnapshot(environment);
  const settings = appSettings(snapshot);

  it('are what the pipelines need, and no more', () => {
    const project = load(settings.values['SLUICE_ENVIRONMENT']!, { WAREHOUSE_HOST: 'db', ...settings.values });
    const needs = projectNeeds(project, {
      storage: settings.values['SLUICE_STORAGE']!,
      eventQueue: settings.values['SLUICE_EVENT_QUEUE'] ?? null,
    });
    const wanted = needs
      .filter(({ roleId }) => roleId !== null)
      .map(({ kind, resource, scope, roleId }) => `${roleId} on ${place(kind, resource, scope)}`);
    const granted = roleAssignments(snapshot)
      .filter(({ principal }) => principal === `id-sluice-${environment}`)
      .map(({ roleId, scope }) => `${roleId} on ${scope}`);
    expect(granted.sort()).toEqual(wanted.sort());
    expect(granted.length).toBeGreaterThan(5);
  });

  it('go to identities of this environment only', () => {
    const principals = new Set(roleAssignments(snapshot).map(({ principal }) => principal));
    expect([...principals].filter((each) => !each.startsWith(`id-sluice-${environment}`))).toEqual([]);
  });

  function place(kind: string, resource: string, scope: string): string {
    const only = (type: string): string => {
      const found = snapshot.resources.filter((each) => each.type === type);
      if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
      return `${type}/${found[0]!.name}`;
    };
    if (kind === 'vault') return only('Microsoft.KeyVault/vaults');
    if (kind === 'insights') return only('Microsoft.Insights/components');
    const account = `Microsoft.Storage/storageAccounts/${settings.accounts[resource] ?? 'none'}`;
    const [what, name] = scope.split(' ');
    if (what === 'account') return account;
    return `${account}/${what === 'container' ? 'blobServices' : 'queueServices'}/default/${what}s/${name}`;
  }
});

describe('infra/triggers.json', () => {
  it('holds the subscriptions that the triggers of the pipelines need', () => {
    const env = { WAREHOUSE_HOST: 'db', WAREHOUSE_DATABASE: 'warehouse', WAREHOUSE_USER: 'sluice' };
    const written: unknown = JSON.parse(readFileSync(path.join(ROOT, 'infra/triggers.json'), 'utf8'));
    expect(written).toEqual(eventSubscriptions(load('production', env)));
  });
});
