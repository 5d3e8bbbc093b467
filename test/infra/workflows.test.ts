import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const ROOT = path.resolve(__dirname, '../..');
const FOLDER = path.join(ROOT, '.github/workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly uses?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
  readonly 'timeout-minutes'?: number;
  readonly with?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const text = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8');
const workflows = readdirSync(FOLDER).map((name) => ({ name, workflow: parse(text(name)) as Workflow }));
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ where: `${name}: ${id}`, job, steps: job.steps ?? [] })),
);
const scripts = (parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
  .scripts;

describe('the workflows', () => {
  it('exist for tests, what-if, deployment and rollback', () => {
    const names = workflows.map(({ name }) => name).sort();
    expect(names).toEqual(['deploy.yml', 'release.yml', 'rollback.yml', 'test.yml', 'what-if.yml']);
  });

  it.each(workflows)('$name may read the contents, and what more it may stands at the job', ({ workflow }) => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it.each(jobs)('$where logs in to Azure in an environment only, by OIDC, and holds no secret', ({ job, steps }) => {
    const logsIn = steps.some(({ uses }) => uses?.startsWith('azure/login@') === true);
    if (logsIn) {
      expect(job.environment).toBeDefined();
      expect(job.permissions?.['id-token']).toBe('write');
    } else if (job.uses === undefined) expect(job.permissions?.['id-token']).toBeUndefined();
    expect(JSON.stringify(job)).not.toMatch(/secrets\.|client-secret|creds/);
    if (job.uses === undefined) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it.each(jobs)('$where puts no text of an event into a shell, and runs what is there', ({ steps, job }) => {
    for (const { run = '' } of steps) {
      expect(run).not.toContain('${{');
      for (const [, file] of run.matchAll(/(?:sh|node) (scripts\/[\w./-]+)/g))
        expect(existsSync(path.join(ROOT, file!))).toBe(true);
      for (const [, name] of run.matchAll(/npm (?:run (?:--silent )?)?([a-z:]+)/g))
        expect(Object.keys(scripts)).toContain(name);
    }
    if (job.uses !== undefined) expect(existsSync(path.join(ROOT, job.uses))).toBe(true);
  });

  it('deploy to each environment with its parameters and overlay, one after the other', () => {
    const { jobs: stages } = parse(text('deploy.yml')) as { jobs: Record<string, Job & { needs?: string }> };
    const released = Object.values(stages).flatMap((job) => (job.uses?.endsWith('release.yml') === true ? [job] : []));
    expect(released.map((job) => [job.needs, job.with?.['environment']])).toEqual([
      ['package', 'dev'],
      ['dev', 'staging'],
      ['staging', 'prod'],
    ]);
    for (const job of released) {
      const parameters = readFileSync(
        path.join(ROOT, `infra/environments/${job.with?.['environment']}.bicepparam`),
        'utf8',
      );
      expect(parameters).toContain(`param sluiceEnvironment = '${job.with?.['overlay']}'`);
      expect(existsSync(path.join(ROOT, `pipelines/environments/${job.with?.['overlay']}.yaml`))).toBe(true);
    }
  });

  it('hand over every variable that the parameter files read', () => {
    const files = readdirSync(path.join(ROOT, 'infra/environments')).filter((name) =>
      /^[a-z]+\.bicepparam$/.test(name),
    );
    const read = files.flatMap((name) =>
      [
        ...readFileSync(path.join(ROOT, 'infra/environments', name), 'utf8').matchAll(
          /readEnvironmentVariable\(\s*'(SLUICE_\w+)'/g,
        ),
      ].map(([, variable]) => variable!),
    );
    expect(read.length).toBeGreaterThan(5);
    for (const name of ['release.yml', 'what-if.yml']) {
      for (const variable of new Set(read)) expect(text(name)).toContain(`${variable}: \${{ vars.${variable} }}`);
    }
  });
});

describe('azure.yaml', () => {
  const azd = parse(readFileSync(path.join(ROOT, 'azure.yaml'), 'utf8')) as {
    infra: { path: string; module: string };
    services: Record<string, unknown>;
    hooks: Record<string, { run: string }>;
  };

  it('names a parameter file, the service that the app is tagged with, and scripts that are there', () => {
    expect(existsSync(path.join(ROOT, azd.infra.path, `${azd.infra.module}.bicepparam`))).toBe(true);
    expect(Object.keys(azd.services)).toEqual(['app']);
    expect(readFileSync(path.join(ROOT, 'infra/modules/function-app.bicep'), 'utf8')).toContain(
      "'azd-service-name': 'app'",
    );
    expect(existsSync(path.join(ROOT, /sh (scripts\/\S+)/.exec(azd.hooks['postdeploy']!.run)![1]!))).toBe(true);
  });
});
