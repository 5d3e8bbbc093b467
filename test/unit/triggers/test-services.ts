import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createEngine } from '../../../src/engine/create-engine';
import type { Logger } from '../../../src/observability/logger';
import { NO_METERS } from '../../../src/observability/metrics/meters';
import { NO_TRACING } from '../../../src/observability/tracing/tracing';
import { fixedClock } from '../../../src/platform/clock';
import { readSettings } from '../../../src/platform/settings';
import { checkProject } from '../../../src/project/check-project';
import { readQuarantine } from '../../../src/project/read-quarantine';
import { RateLimiter, ratesOf } from '../../../src/triggers/http/rate-limiter';
import { createDefinitionRegistry } from '../../../src/triggers/definitions/definition-registry';
import { createProjectSource } from '../../../src/triggers/project-source';
import type { TriggerServices } from '../../../src/triggers/trigger-services';
import { testStores } from '../state/test-stores';

const CONNECTIONS = `connections:
  landing: { kind: blob, container: landing }
  warehouse: { kind: postgres, host: h, database: d, user: u, password: '\${secret:warehouse-password}' }
`;
const PIPELINE = (name: string, more: string): string => `pipeline: ${name}
${more}source: { connection: landing, files: '${name}/*.csv', columns: { id: integer } }
target: { connection: warehouse, table: t.${name}, writeDisposition: append }
`;

/** Two pipelines: `orders` has a parameter and depends on `customers`, which has every trigger. */
export const FILES: Readonly<Record<string, string>> = {
  'connections.yaml': CONNECTIONS,
  'customers.yaml': PIPELINE(
    'customers',
    `trigger:
  schedule: { cron: '0 2 * * *', missed: all }
  blob: { path: 'landing/customers/{name}.csv' }
  event: { path: 'landing/customers/{name}.csv' }
`,
  ),
  'orders.yaml': PIPELINE(
    'orders',
    'dependsOn: [customers]\nparameters: { day: { type: date, default: 2001-01-01 } }\n',
  ),
};

/** With which links of messages are signed here. */
export const LINK_SECRET = 'a secret of at least 32 characters';

export interface TestServices extends TriggerServices {
  readonly clock: ReturnType<typeof fixedClock>;
  readonly folder: string;
  /** What was logged: events. */
  readonly events: string[];
}

/** Services of real stores, a real folder and a real check; only the clock stands still. */
export async function testServices(files: Readonly<Record<string, string>> = FILES): Promise<TestServices> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-triggers-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const clock = fixedClock('2026-01-01T10:00:00.000Z');
  const events: string[] = [];
  const note = (event: string): void => void events.push(event);
  const log: Logger = { debug: note, info: note, warn: note, error: note, with: () => log };
  const engine = createEngine({
    memoryLimitBytes: 256 * 2 ** 20,
    tempLimitBytes: 64 * 2 ** 20,
    threads: 1,
    slots: 1,
    tempFolder: os.tmpdir(),
  });
  const stores = await testStores(() => clock.nowMs());
  const project = createProjectSource({ folder, environment: 'local', env: {} }, (loaded) =>
    checkProject(loaded, engine),
  );
  return {
    stores,
    project,
    definitions: createDefinitionRegistry({ stores, project, clock, environment: 'local', deployedBy: 'deployment' }),
    clock,
    log,
    meters: NO_METERS,
    tracing: NO_TRACING,
    environment: 'local',
    inAzure: false,
    poolSlots: null,
    eventQueue: null,
    callers: { mode: 'functionKey', appServiceAuthentication: false, localUser: 'ann', keys: [] },
    self: {
      env: {},
      settings: readSettings({}, folder),
      appFolder: path.join(__dirname, '../../..'),
      identityToken: () => Promise.resolve('token'),
    },
    rates: new RateLimiter(ratesOf({ reads: 10_000, writes: 10_000 })),
    pagesFolder: folder,
    quarantine: readQuarantine(engine, (artifact, folder) => stores.artifacts.fetch(artifact, folder)),
    secretExpiries: async () => [],
    links: { linkSecret: () => Promise.resolve(LINK_SECRET) },
    testChannel: () => Promise.reject(new Error('a test that tries a channel brings its own')),
    testConnection: () => Promise.reject(new Error('a test that tries a connection brings its own')),
    folder,
    events,
  };
}
