import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const SCRIPTS = path.resolve(__dirname, '../../scripts/deploy');
const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** A server that answers each path with a status and JSON, and 404 else. */
async function serve(
  answer: (path: string, headers: IncomingHttpHeaders) => readonly [number, unknown] | undefined,
): Promise<string> {
  const server = createServer((request, response) => {
    const [status, body] = answer(request.url ?? '', request.headers) ?? [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function script(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: unknown; out: string }> {
  return new Promise((resolve) => {
    const done = (error: { code?: unknown } | null, stdout: string, stderr: string) =>
      resolve({ code: error?.code ?? 0, out: `${stdout}${stderr}` });
    execFile(
      process.execPath,
      [path.join(SCRIPTS, name), ...args],
      { env: { PATH: process.env['PATH'], ...env } },
      done,
    );
  });
}

describe('the smoke test', () => {
  const healthy = { status: 'healthy', environment: 'staging', checks: { pipelines: { pipelines: 3 } } };
  const app = (health: readonly [number, unknown], runs = 401): Promise<string> =>
    serve((url) => (url === '/api/health' ? health : url === '/api/runs' ? [runs, {}] : undefined));
  const smoke = (base: string) => script('smoke-test.cjs', [base, '--environment', 'staging', '--seconds', '0']);

  it('passes where the app works and is closed to strangers', async () => {
    const base = await app([200, healthy]);
    expect(await smoke(base)).toEqual({ code: 0, out: `${base} works\n` });
  });

  it.each<[string, readonly [number, unknown], number, string]>([
    ['is not healthy', [503, { ...healthy, status: 'unhealthy' }], 401, '/api/health answers 503'],
    ['cannot read its pipelines', [200, { ...healthy, status: 'degraded' }], 401, 'health is degraded'],
    [
      'runs in another environment',
      [200, { ...healthy, environment: 'dev' }],
      401,
      'the environment is dev, not staging',
    ],
    ['has no pipelines', [200, { ...healthy, checks: { pipelines: { pipelines: 0 } } }], 401, 'no pipelines'],
    ['is open to everybody', [200, healthy], 200, '/api/runs answers 200'],
  ])('fails where the app %s', async (_, health, runs, says) => {
    const { code, out } = await smoke(await app(health, runs));
    expect(code).toBe(1);
    expect(out).toContain(says);
  });

  it('fails where the app believes whoever names themselves an admin', async () => {
    const base = await serve((url, headers) =>
      url === '/api/health' ? [200, healthy] : [headers['x-ms-client-principal'] === undefined ? 401 : 200, {}],
    );
    const { code, out } = await smoke(base);
    expect(code).toBe(1);
    expect(out).toContain('names themselves an admin');
  });

  it('waits for an app that starts', async () => {
    let asked = 0;
    const base = await serve((url) =>
      url === '/api/runs' ? [401, {}] : (asked += 1) < 3 ? [503, {}] : [200, healthy],
    );
    expect((await script('smoke-test.cjs', [base, '--seconds', '60', '--pause', '1'])).code).toBe(0);
    expect(asked).toBe(3);
  });

  it('fails where nobody answers, and for wrong arguments', async () => {
    const base = await app([200, healthy]);
    servers.splice(0).forEach((server) => server.close());
    expect((await smoke(base)).code).toBe(1);
    expect((await script('smoke-test.cjs', [])).code).toBe(2);
  });
});

describe('the package that ran before', () => {
  /** Deployments, newest first: their statuses, the run that made them, and whether that run keeps its package. */
  const find = async (deployments: readonly { states: string[]; run: number; kept?: boolean }[], ...args: string[]) => {
    const api = await serve((url) => {
      if (url.includes('/artifacts')) {
        const run = Number(/runs\/(\d+)\//.exec(url)?.[1]);
        const kept = deployments.find((each) => each.run === run)?.kept ?? true;
        return [200, { artifacts: [{ name: 'sluice-package', expired: !kept }] }];
      }
      const id = /deployments\/(\d+)\/statuses/.exec(url)?.[1];
      if (id === undefined) return [200, deployments.map((_, index) => ({ id: index }))];
      const { states, run } = deployments[Number(id)]!;
      return [200, states.map((state) => ({ state, log_url: `https://example.com/o/r/actions/runs/${run}/job/1` }))];
    });
    const env = { GITHUB_API_URL: api, GITHUB_REPOSITORY: 'o/r', GITHUB_RUN_ID: '9', GH_TOKEN: 'none' };
    return script('previous-run.cjs', ['prod', ...args], env);
  };

  it('is the last that succeeded, not this run, not one that failed, not one without its package', async () => {
    const deployments = [
      { states: ['in_progress'], run: 9 },
      { states: ['failure', 'in_progress'], run: 8 },
      { states: ['success'], run: 7, kept: false },
      { states: ['inactive', 'success'], run: 6 },
      { states: ['inactive', 'success'], run: 5 },
    ];
    expect(await find(deployments)).toEqual({ code: 0, out: 'run=6\n' });
    expect(await find(deployments, '--before-last')).toEqual({ code: 0, out: 'run=5\n' });
  });

  it('is none where nothing was deployed', async () => {
    const { code, out } = await find([]);
    expect(code).toBe(1);
    expect(out).toBe('No earlier package of prod is kept.\n');
  });
});

/** The shell scripts, with an `az` that notes its arguments and answers as it is told. */
(process.platform === 'win32' ? describe.skip : describe)('the shell scripts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-az-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (name: string, args: readonly string[], az: string, env: NodeJS.ProcessEnv = {}) => {
    const log = path.join(folder, 'log');
    writeFileSync(path.join(folder, 'az'), `#!/bin/sh\necho "$*" >> '${log}'\n${az}\n`, { mode: 0o755 });
    const PATH = [folder, path.dirname(process.execPath), process.env['PATH']].join(path.delimiter);
    const { status, stdout, stderr } = spawnSync('sh', [path.join(SCRIPTS, name), ...args], {
      encoding: 'utf8',
      env: { PATH, ...env },
    });
    const calls = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
    return { status, stdout, stderr, calls };
  };
  const OUTPUTS = `echo '{ "sluicE_APP": { "type": "String", "value": "func-x" }, "SLUICE_DATA_STORAGE": { "value": "stx" } }'`;
  const VARIABLES = {
    SLUICE_ALERT_EMAIL: 'a@example.com',
    SLUICE_BUDGET_START: '2026-12-01',
    SLUICE_COST_CENTER: 'c',
    SLUICE_OWNER: 'o',
  };

  it('provision.sh deploys the environment and prints its outputs, whatever case they come in', () => {
    const env = { ...VARIABLES, SLUICE_WAREHOUSE_HOST: 'db' };
    const { status, stdout, calls } = run('provision.sh', ['dev', 'rg'], `[ "$3" = create ] || ${OUTPUTS}`, env);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'SLUICE_APP=func-x\nSLUICE_DATA_STORAGE=stx\n' });
    expect(calls[0]).toContain(
      'group create --name sluice --resource-group rg --parameters infra/environments/dev.bicepparam',
    );
  });

  it.each([
    ['dev', 'SLUICE_WAREHOUSE_HOST'],
    ['prod', 'SLUICE_DATABASE_ADMIN_ID'],
    ['prod', 'SLUICE_API_CLIENT_ID'],
  ])('provision.sh of %s does nothing without %s', (environment, variable) => {
    const { status, stderr, calls } = run('provision.sh', [environment, 'rg'], OUTPUTS, {
      ...VARIABLES,
      SLUICE_DATABASE_ADMIN_ID: 'i',
      SLUICE_DATABASE_ADMIN_NAME: 'n',
      [variable]: '',
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain(variable);
    expect(calls).toEqual([]);
  });

  it('provision.sh fails where the deployment fails', () => {
    const env = { ...VARIABLES, SLUICE_WAREHOUSE_HOST: 'db' };
    expect(run('provision.sh', ['dev', 'rg'], 'exit 1', env)).toMatchObject({ status: 1, stdout: '' });
  });

  it('events.sh tries again while the app is not ready, five times', () => {
    const env = { SLUICE_APP: 'a', SLUICE_DATA_STORAGE: 's', SLUICE_WORKSPACE_ID: 'w', SLUICE_PAUSE_SECONDS: '0' };
    const third = `[ "$(wc -l < '${path.join(folder, 'log')}')" -ge 3 ]`;
    expect(run('events.sh', ['dev', 'rg'], third, env)).toMatchObject({ status: 0, calls: { length: 3 } });
    rmSync(path.join(folder, 'log'));
    expect(run('events.sh', ['dev', 'rg'], 'exit 1', env)).toMatchObject({ status: 1, calls: { length: 5 } });
  });

  it('publish.sh builds nothing in Azure', () => {
    const { calls } = run('publish.sh', ['rg', 'app', 'x.zip'], 'true');
    expect(calls).toEqual([
      expect.stringContaining('config-zip --resource-group rg --name app --src x.zip --build-remote false'),
    ]);
  });
});
