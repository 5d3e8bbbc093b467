import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '../../..');
const CONNECTION = 'InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://127.0.0.1:1/';

/** Starts telemetry in a process of its own, since it observes all of one, and starts a run in it. */
async function started(
  env: Readonly<Record<string, string>>,
): Promise<{ isOn: boolean; sdk: boolean; traceparent: string | null; output: string }> {
  const script = `
    const { startTelemetry } = require('./src/observability/start-telemetry.ts');
    const { isOn, tracing } = startTelemetry(process.env);
    const sdk = Object.keys(require.cache).some((file) => /node_modules.(applicationinsights|@opentelemetry)/.test(file));
    tracing
      .start({ trigger: 'manual', joins: true }, async ({ traceparent }) => traceparent)
      .then((traceparent) => {
        console.log('RESULT' + JSON.stringify({ isOn, sdk, traceparent }));
        process.exit();
      });`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['-r', './scripts/typescript-hook.cjs', '-e', script],
    { cwd: ROOT, env: { PATH: process.env['PATH'], APPLICATION_INSIGHTS_NO_STATSBEAT: 'true', ...env } },
  );
  const [, result = '{}'] = /RESULT(.*)/.exec(stdout) ?? [];
  return {
    ...(JSON.parse(result) as { isOn: boolean; sdk: boolean; traceparent: string | null }),
    output: stdout + stderr,
  };
}

test.each([
  ['nothing', {}],
  ['an empty connection string', { APPLICATIONINSIGHTS_CONNECTION_STRING: '' }],
] as const)('with %s telemetry is off, and its SDK is not even loaded', async (_, env) => {
  expect(await started(env)).toMatchObject({ isOn: false, sdk: false, traceparent: null });
});

test('a connection string that cannot be used costs telemetry, and nothing else', async () => {
  const { isOn, output } = await started({
    APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=secret-but-no-guid',
  });
  expect(isOn).toBe(false);
  expect(output).toContain('telemetry-not-started');
});

test('every trace is kept, unless the setting of OpenTelemetry says otherwise', async () => {
  const on = { APPLICATIONINSIGHTS_CONNECTION_STRING: CONNECTION };
  expect(await started(on)).toMatchObject({
    isOn: true,
    traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
  });
  const none = { ...on, OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage', OTEL_TRACES_SAMPLER_ARG: '0' };
  expect((await started(none)).traceparent).toMatch(/-00$/);
});

test('the app sets it up before it loads anything that it observes', () => {
  const [first] = [...readFileSync(path.join(ROOT, 'src/index.ts'), 'utf8').matchAll(/^import .* from '(.*)';$/gm)].map(
    ([, from]) => from,
  );
  expect(first).toBe('./telemetry');
});
