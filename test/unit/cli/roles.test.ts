import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder, removeFolders } from '../config/support/project-folder';
import { ROOT, sluice } from './support/sluice';

afterEach(removeFolders);

const WORLD = {
  workingFolder: ROOT,
  env: { SLUICE_STORAGE: 'DATA', LANDING_SETTING: 'DATA', SLUICE_EVENT_QUEUE: 'events' },
};

test('sluice roles lists what the demo needs, each line with its reason', async () => {
  const { code, out, err } = await sluice(['roles'], WORLD);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const line = out.split('\n').find((each) => each.includes('container landing'));
  expect(line?.trim().split(/ {2,}/)).toEqual([
    'storage account',
    'DATA',
    'container landing',
    'Storage Blob Data Reader',
    'pipeline airports reads from landing',
  ]);
});

test('--json holds roles by id and the subscriptions of Event Grid', async () => {
  const { code, out } = await sluice(['roles', '--json'], WORLD);
  const { roles, triggers } = JSON.parse(out) as { roles: { scope: string }[]; triggers: unknown };
  expect(code).toBe(0);
  expect(roles.find(({ scope }) => scope === 'queue events')).toMatchObject({
    kind: 'storage',
    resource: 'DATA',
    role: 'Storage Queue Data Contributor',
    roleId: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  });
  expect(triggers).toEqual([expect.objectContaining({ function: 'event-flights', kind: 'event' })]);
});

test('a folder with errors gives its problems and 1', async () => {
  const folder = projectFolder({ 'connections.yaml': 'connections: { x: { kind: nothing } }\n' });
  const { code, err } = await sluice(['roles', '-f', folder]);
  expect(code).toBe(1);
  expect(err).toContain('nothing to derive');
  const json = await sluice(['roles', '--json', '-f', folder]);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({ roles: null, triggers: null });
});

test('the command in docs/deployment.md lists the roles of production', async () => {
  const document = readFileSync(join(ROOT, 'docs/deployment.md'), 'utf8');
  const [, settings, args] = /```sh\n((?:[A-Z_]+=\S+[\s\\]+)+)npx sluice (roles .*)\n```/.exec(document) ?? [];
  const env = Object.fromEntries(
    [...(settings ?? '').matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  );
  const { code, out, err } = await sluice((args ?? '').split(' '), {
    workingFolder: ROOT,
    env: env as Record<string, string>,
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('warehouse as id-sluice-prod, by a token of the identity');
  expect(out).toContain('queue blob-events-poison');
  expect(out).not.toContain('Key Vault');
});
