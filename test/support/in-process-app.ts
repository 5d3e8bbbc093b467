import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { composeServices, type Services } from '../../src/compose-services';
import { onlyLogs } from '../../src/observability/telemetry';
import type { RunRecord } from '../../src/durable/contracts/run-record';
import { advanceWatermark } from '../../src/durable/activities/advance-watermark.activity';
import { checkCancel } from '../../src/durable/activities/check-cancel.activity';
import { checkRunWindow } from '../../src/durable/activities/check-run-window.activity';
import { discardStaging } from '../../src/durable/activities/discard-staging.activity';
import { endBackfill } from '../../src/durable/activities/end-backfill.activity';
import { endUndo } from '../../src/durable/activities/end-undo.activity';
import { undoLoad } from '../../src/durable/activities/undo-load.activity';
import { extractPartition } from '../../src/durable/activities/extract-partition.activity';
import { planPipeline } from '../../src/durable/activities/plan-pipeline.activity';
import { publish } from '../../src/durable/activities/publish.activity';
import { recordRun } from '../../src/durable/activities/record-run.activity';
import { sealStep } from '../../src/durable/activities/seal-step.activity';
import { snapshotReferences } from '../../src/durable/activities/snapshot-references.activity';
import { stagePartition } from '../../src/durable/activities/stage-partition.activity';
import { startBackfillWindows } from '../../src/durable/activities/start-backfill-windows.activity';
import { transformPartition } from '../../src/durable/activities/transform-partition.activity';
import { validatePipeline } from '../../src/durable/activities/validate-pipeline.activity';
import type { Logger } from '../../src/observability/logger';
import { readSettings } from '../../src/platform/settings';
import { startKeyOf } from '../../src/triggers/start-key';
import { startRun } from '../../src/triggers/start-run';
import type { Orchestrations } from '../../src/triggers/trigger-services';
import { claimStorageAccount, type TestStorage } from './azurite';
import { programOf } from './durable/scenario';
import { Simulator, type SimulatedActivity } from './durable/simulator';
import { createTestDatabase, type TestDatabase } from './postgres';

const ACTIVITIES = [
  recordRun,
  planPipeline,
  snapshotReferences,
  extractPartition,
  transformPartition,
  validatePipeline,
  stagePartition,
  sealStep,
  publish,
  advanceWatermark,
  discardStaging,
  checkCancel,
  checkRunWindow,
  startBackfillWindows,
  endBackfill,
  undoLoad,
  endUndo,
];
const quiet: Logger = { debug: noop, info: noop, warn: noop, error: noop, with: () => quiet };
function noop(): void {}

const CONNECTIONS = `connections:
  landing: { kind: blob, setting: AzureWebJobsStorage, container: landing }
  closed: { kind: blob, setting: NoSuchAccount, container: landing }
  warehouse: { kind: postgres, host: '\${env:WAREHOUSE_HOST}', port: '\${env:WAREHOUSE_PORT}', database: '\${env:WAREHOUSE_DATABASE}',
    user: '\${env:WAREHOUSE_USER}', password: '\${secret:warehouse-password}', tls: 'off' }
`;

/** Real triggers, activities, storage and database in the test's own process; only the durable engine is simulated. */
export interface InProcessApp {
  readonly services: Services;
  readonly database: TestDatabase;
  readonly pipelinesFolder: string;
  /** What connections.yaml holds. */
  readonly connections: string;
  readonly storageConnectionString: string;
  /** Settings and secrets of the app, for commands that reach what it reaches. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts what a trigger starts: runs it to its end. */
  readonly orchestrations: Orchestrations;
  /** Set to run every activity twice, the second time after it has taken effect. */
  twice: boolean;
  /** Name of an activity that dies before it does anything; null for none. */
  dies: string | null;
  writePipeline(name: string, yaml: string): Promise<void>;
  /** Writes any file below the pipelines folder. */
  writeFile(name: string, content: string): Promise<void>;
  land(name: string, content: string): Promise<void>;
  run(pipeline: string): Promise<RunRecord>;
  record(runId: string): Promise<RunRecord>;
  stop(): Promise<void>;
}

/** Starts it without any pipeline. Call `stop` in `afterAll`. `through` gives settings that lead elsewhere, such as through a proxy. */
export async function startInProcessApp(
  through: (storage: TestStorage, database: TestDatabase) => Promise<Readonly<Record<string, string>>> = () =>
    Promise.resolve({}),
): Promise<InProcessApp> {
  const [storage, database, folder] = await Promise.all([
    claimStorageAccount(),
    createTestDatabase(),
    mkdtemp(path.join(os.tmpdir(), 'sluice-in-process-')),
  ]);
  const pipelines = path.join(folder, 'pipelines');
  await mkdir(pipelines);
  await writeFile(path.join(pipelines, 'connections.yaml'), CONNECTIONS);
  const env = {
    AzureWebJobsStorage: storage.connectionString,
    SLUICE_PIPELINES_FOLDER: pipelines,
    SLUICE_TEMP_FOLDER: folder,
    WAREHOUSE_HOST: database.host,
    WAREHOUSE_PORT: String(database.port),
    WAREHOUSE_DATABASE: database.database,
    WAREHOUSE_USER: database.user,
    SLUICE_SECRET_WAREHOUSE_PASSWORD: database.password,
    ...(await through(storage, database)),
  };
  const services = composeServices(readSettings(env, folder), onlyLogs(quiet), env);
  const { stores } = services.activities;
  const landing = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient('landing');
  await landing.createIfNotExists();
  const work = Object.fromEntries(
    ACTIVITIES.map((activity): [string, SimulatedActivity] => {
      const handle = activity.handler(services.activities);
      return [
        activity.name,
        async (input) => {
          if (app.dies === activity.name) throw new Error('The host died.');
          if (app.twice) await handle(input);
          return handle(input);
        },
      ];
    }),
  );
  const orchestrations = {
    startNew: async (name: string, { instanceId, input }: { instanceId: string; input: unknown }) => {
      await new Simulator(programOf(work)).run(name, instanceId, input);
      return instanceId;
    },
  } as unknown as Orchestrations;
  let starts = 0;
  const app: InProcessApp = {
    services,
    database,
    pipelinesFolder: pipelines,
    connections: CONNECTIONS.trimEnd(),
    storageConnectionString: storage.connectionString,
    env,
    orchestrations,
    twice: false,
    dies: null,
    writePipeline: (name, yaml) => writeFile(path.join(pipelines, `${name}.yaml`), yaml),
    writeFile: async (name, content) => {
      const file = path.join(pipelines, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    },
    land: async (name, content) => {
      await landing.getBlockBlobClient(name).upload(content, Buffer.byteLength(content));
    },
    run: async (pipeline) => {
      const startKey = startKeyOf({ kind: 'manual', idempotencyKey: `start ${starts++}` });
      const request = { pipelines: [pipeline] };
      const { runId } = await startRun(services.triggers, orchestrations, {
        request,
        trigger: { kind: 'manual', by: 'ann' },
        startKey,
        by: 'ann',
      });
      return app.record(runId);
    },
    record: async (runId) => {
      const record = await stores.runs.get(runId);
      if (record === null) throw new Error(`There is no run ${runId}.`);
      return record;
    },
    stop: async () => {
      await database.drop();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  return app;
}
