'use strict';
/*
 * usage: node scripts/deploy/smoke-test.cjs <base address> [--environment <name>] [--seconds 300]
 * Asks a deployed app whether it works: healthy, of the right environment, with pipelines, and closed to strangers.
 * Ends with 0 once all of that holds, with 1 when the time is up, and says what did not.
 */
const { parseArgs } = require('node:util');
const { setTimeout: sleep } = require('node:timers/promises');

const PAUSE_MS = 2000;
/** What App Service authentication writes of callers, and takes away from those who send it themselves. */
const FORGED = {
  'x-ms-client-principal': Buffer.from(
    JSON.stringify({ auth_typ: 'aad', claims: [{ typ: 'roles', val: 'admin' }] }),
  ).toString('base64'),
  'x-ms-client-principal-name': 'admin',
};

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      environment: { type: 'string' },
      seconds: { type: 'string', default: '300' },
      pause: { type: 'string' },
    },
  });
  const [base] = positionals;
  if (base === undefined)
    throw new Error('give the address of the app, such as https://func-sluice-dev.azurewebsites.net');
  const deadline = Date.now() + Number(values.seconds) * 1000;
  for (;;) {
    const wrong = await problems(base.replace(/\/$/, ''), values.environment);
    if (wrong.length === 0) {
      process.stdout.write(`${base} works\n`);
      return 0;
    }
    if (Date.now() >= deadline) {
      process.stdout.write(`${base} does not work:\n${wrong.map((line) => `  ${line}\n`).join('')}`);
      return 1;
    }
    await sleep(Number(values.pause ?? PAUSE_MS));
  }
}

/** What is wrong with the app at this moment; nothing where it works. */
async function problems(base, environment) {
  const health = await ask(`${base}/api/health`);
  if (health.error !== undefined) return [`/api/health: ${health.error}`];
  const wrong = [];
  if (health.status !== 200) wrong.push(`/api/health answers ${health.status}`);
  if (health.json?.status !== 'healthy') wrong.push(`health is ${health.json?.status ?? 'not said'}`);
  if (environment !== undefined && health.json?.environment !== environment) {
    wrong.push(`the environment is ${health.json?.environment ?? 'not said'}, not ${environment}`);
  }
  if (!(health.json?.checks?.pipelines?.pipelines > 0)) wrong.push('the app has no pipelines');
  const closed = await ask(`${base}/api/runs`);
  if (closed.status !== 401)
    wrong.push(`/api/runs answers ${closed.status ?? closed.error} to a caller without a key, not 401`);
  const forged = await ask(`${base}/api/runs`, FORGED);
  if (forged.status !== 401)
    wrong.push(`/api/runs answers ${forged.status ?? forged.error} to a caller who names themselves an admin, not 401`);
  return wrong;
}

async function ask(url, headers = {}) {
  try {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) });
    const text = await answer.text();
    return {
      status: answer.status,
      json: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined,
    };
  } catch (error) {
    return { error: error.cause?.message ?? error.message };
  }
}

main().then(
  (code) => (process.exitCode = code),
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  },
);
