import { loadProject } from '../../../src/config/load-project';
import { CONNECTIONS, minimalPipeline, projectFolder, removeFolders } from './support/project-folder';

afterEach(removeFolders);
const load = (alerts: string, more: Record<string, string> = {}) =>
  loadProject({
    folder: projectFolder({
      'connections.yaml': CONNECTIONS,
      'flights.yaml': minimalPipeline('flights'),
      'alerts.yaml': alerts,
      ...more,
    }),
    environment: 'local',
    env: { TEAM: 'team@example.com' },
  });
const problems = (alerts: string) =>
  load(alerts).problems.map(
    ({ line, column, code, path, severity }) => `${line}:${column} ${severity} ${code} ${path}`,
  );
const BASE = `channels:
  log: { kind: log }
routes:
  - { name: all, ladder: [{ notify: [log] }] }
`;

test('a small file is enough; defaults are filled in', () => {
  const { alerts, problems: found, project } = load(BASE);
  expect(found).toEqual([]);
  expect(project).not.toBeNull();
  expect(alerts).toMatchObject({
    routes: [{ groupBy: ['pipeline'], groupWait: '30s', continue: false, ladder: [{ notify: ['log'], wait: '15m' }] }],
    storm: { most: 20, per: '10m' },
    watch: { quarantineAge: '7d', tempDisk: '90%' },
  });
});

test('there need be none', () => {
  const folder = projectFolder({ 'connections.yaml': CONNECTIONS, 'flights.yaml': minimalPipeline('flights') });
  expect(loadProject({ folder, environment: 'local', env: {} })).toMatchObject({ alerts: null, problems: [] });
});

test('an environment changes channels, and variables are put in', () => {
  const mail = "{ kind: mail, endpoint: 'https://acs.example.com', from: a@example.com, to: ['${env:TEAM}'] }";
  const { alerts, problems: found } = load(BASE, {
    'environments/local.yaml': `alerts:\n  channels:\n    log: null\n    ops: ${mail}\n  routes:\n    - { name: all, ladder: [{ notify: [ops] }] }\n`,
  });
  expect(found).toEqual([]);
  expect(Object.keys(alerts!.channels)).toEqual(['ops']);
  expect(alerts!.channels['ops']).toMatchObject({ to: ['team@example.com'] });
});

test.each([
  ['channels:\n  log: { kind: logg }\nroutes: []\n', '2:16 error invalid-value channels.log.kind'],
  ['channels:\n  log: { kind: log }\nroute: []\n', '3:1 error unknown-key route'],
  [BASE.replace('[log]', '[lg]'), '4:38 error unknown-channel routes[0].ladder[0].notify[0]'],
  [BASE.replace('{ kind: log }', '{ kind: log, otherwise: log }'), '2:32 error channel-cycle channels.log.otherwise'],
  [BASE.replace('{ kind: log }', '{ kind: log, otherwise: x }'), '2:32 error unknown-channel channels.log.otherwise'],
  [BASE.replace('notify: [log]', 'wait: 1m'), '4:27 error empty-level routes[0].ladder[0]'],
  [BASE.replace('ladder:', 'quietHours: night, ladder:'), '4:30 error unknown-quiet-hours routes[0].quietHours'],
  [`${BASE}  - { name: all, ladder: [{ notify: [log] }] }\n`, '5:13 error duplicate-route routes[1].name'],
  [
    BASE.replace('ladder:', "digest: { at: '08:00', timeZone: Berlin }, ladder:"),
    '4:51 error unknown-time-zone routes[0].digest.timeZone',
  ],
  [
    BASE.replace('ladder: [{ notify: [log] }]', "digest: { at: '08:00' }, ladder: [{ notify: [log], action: pause }]"),
    '4:26 error digest-with-ladder routes[0].digest',
  ],
  [`${BASE}quietHours: { night: { from: '22:00', to: '22:00' } }\n`, '5:43 error empty-range quietHours.night.to'],
  [
    `${BASE}maintenance: [{ reason: x, from: 2026-01-02T00:00:00Z, to: 2026-01-01T00:00:00Z }]\n`,
    '5:15 error invalid-window maintenance[0]',
  ],
  [`${BASE}maintenance: [{ reason: x, lasts: 2h }]\n`, '5:15 error invalid-window maintenance[0]'],
  [
    BASE.replace('ladder:', 'match: { pipelines: [flight] }, ladder:'),
    '4:39 warning unknown-pipeline routes[0].match.pipelines[0]',
  ],
  [BASE.replace('{ kind: log }', "{ kind: webhook, url: '${secret:hook}' }"), '2:8 error missing-host channels.log'],
])('%j has a place and a fix', (alerts, expected) => {
  expect(problems(alerts)).toContain(expected);
});

test.each([
  ["{ kind: teams, url: 'https://prod-1.westeurope.logic.azure.com/x?sig=abc' }", 'secret:name'],
  ["{ kind: mail, endpoint: 'http://acs.example.com', from: a@b.de, to: [a@b.de] }", 'https'],
  ["{ kind: jira, url: 'https://u:p@acme.atlassian.net', secret: '${secret:x}', project: OPS }", 'without user'],
  ['{ kind: github, secret: ghp_abcdef, repository: a/b }', 'secret:name'],
])('what belongs into a secret does not stand in the file: %s', (channel, said) => {
  const [problem] = load(BASE.replace('{ kind: log }', channel)).problems;
  expect(problem).toMatchObject({ severity: 'error' });
  expect(`${problem!.message} ${problem!.fix}`).toContain(said);
});

test('two files, and an overlay of none, are problems', () => {
  expect(load(BASE, { 'alerts.yml': BASE }).problems).toMatchObject([{ code: 'duplicate-alerts' }]);
  const folder = projectFolder({
    'connections.yaml': CONNECTIONS,
    'flights.yaml': minimalPipeline('flights'),
    'environments/local.yaml': 'alerts: { routes: [] }\n',
  });
  expect(loadProject({ folder, environment: 'local', env: {} }).problems).toMatchObject([{ code: 'no-alerts' }]);
});
