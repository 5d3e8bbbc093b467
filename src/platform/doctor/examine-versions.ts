import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnosis } from '../../model/diagnosis';

/** The oldest that the app runs on, and the one that it is tested with. */
const OLDEST_NODE = 22;
const TESTED_NODE = 24;
const PACKAGES = [
  '@azure/functions',
  'durable-functions',
  '@azure/storage-blob',
  '@azure/data-tables',
  '@azure/identity',
  '@duckdb/node-api',
];

/** Says which versions are at work. */
export function examineVersions(appFolder: string, node: string = process.versions.node): readonly Diagnosis[] {
  const major = Number(node.split('.')[0]);
  const fix = `Take Node.js ${TESTED_NODE}: runtimeVersion in infra/environments.`;
  const findings: Diagnosis[] = [
    major < OLDEST_NODE
      ? { area: 'versions', what: 'Node.js', status: 'failed', message: `${node} is older than ${OLDEST_NODE}`, fix }
      : major === TESTED_NODE
        ? { area: 'versions', what: 'Node.js', status: 'ok', message: node, fix: null }
        : {
            area: 'versions',
            what: 'Node.js',
            status: 'warning',
            message: `${node}; the app is tested with ${TESTED_NODE}`,
            fix,
          },
  ];
  const own = versionIn(path.join(appFolder, 'package.json'));
  if (own !== null) findings.push({ area: 'versions', what: 'Sluice', status: 'ok', message: own, fix: null });
  for (const name of PACKAGES) {
    const version = versionIn(path.join(appFolder, 'node_modules', name, 'package.json'));
    findings.push(
      version === null
        ? {
            area: 'versions',
            what: name,
            status: 'failed',
            message: 'is not there',
            fix: 'Make the package anew: npm run package.',
          }
        : { area: 'versions', what: name, status: 'ok', message: version, fix: null },
    );
  }
  return findings;
}

function versionIn(file: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}
