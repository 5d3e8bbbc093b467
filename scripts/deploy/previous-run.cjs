'use strict';
/*
 * usage: node scripts/deploy/previous-run.cjs <environment> [--before-last], in a workflow, with GH_TOKEN
 * Prints `run=<id>`: the run whose package was deployed to the environment last, before this run; with --before-last the
 * one before that. Prints nothing and ends with 1 where there is none.
 * https://docs.github.com/rest/deployments, https://docs.github.com/rest/actions/artifacts
 */
const { parseArgs } = require('node:util');

const PACKAGE = 'sluice-package';

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'before-last': { type: 'boolean', default: false } },
  });
  const [environment] = positionals;
  if (environment === undefined) throw new Error('give the environment');
  let skip = values['before-last'] ? 1 : 0;
  for await (const run of successfulRuns(environment)) {
    if (skip > 0) skip -= 1;
    else {
      process.stdout.write(`run=${run}\n`);
      return;
    }
  }
  process.stderr.write(`No earlier package of ${environment} is kept.\n`);
  process.exitCode = 1;
}

/** Runs that deployed to the environment and still keep their package, the newest first, each once. */
async function* successfulRuns(environment) {
  const seen = new Set([process.env.GITHUB_RUN_ID]);
  const deployments = await get(`deployments?environment=${encodeURIComponent(environment)}&per_page=100`);
  for (const { id } of deployments) {
    // An older deployment is inactive now; that it succeeded stands in its history.
    const statuses = await get(`deployments/${id}/statuses?per_page=100`);
    const success = statuses.find(({ state }) => state === 'success');
    const run = /\/actions\/runs\/(\d+)/.exec(success?.log_url || success?.target_url || '')?.[1];
    if (run === undefined || seen.has(run)) continue;
    seen.add(run);
    const { artifacts } = await get(`actions/runs/${run}/artifacts?name=${PACKAGE}`);
    if (artifacts.some(({ name, expired }) => name === PACKAGE && !expired)) yield run;
  }
}

async function get(path) {
  const { GITHUB_API_URL = 'https://api.github.com', GITHUB_REPOSITORY, GH_TOKEN } = process.env;
  const headers = { authorization: `Bearer ${GH_TOKEN}`, accept: 'application/vnd.github+json' };
  const answer = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/${path}`, { headers });
  if (!answer.ok) throw new Error(`GET ${path} answers ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
