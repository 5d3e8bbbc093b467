import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import path from 'node:path';
import { openSource, openTarget } from './connectors/connections';
import { testConnection } from './connectors/test-connection';
import { composeAlerting, resourcesOf } from './compose-alerting';
import { loadPrices } from './config/load-prices';
import type { Prices } from './model/prices';
import type { ActivityServices } from './durable/activities/activity-services';
import { createEngine } from './engine/create-engine';
import { knowSecretsOf } from './observability/know-secrets-of';
import { knowSecret } from './observability/known-secrets';
import { logSecretEvents } from './observability/log-secret-events';
import { observeEngine } from './observability/observe-engine';
import { observeRuns } from './observability/observe-runs';
import type { Telemetry } from './observability/telemetry';
import { secretReferencesIn } from './model/secret-reference';
import { systemClock } from './platform/clock';
import { databaseTokenOf, identityTokenOf } from './platform/database-token';
import { observedSecrets } from './platform/secrets/observed-secrets';
import { createSecretResolver } from './platform/secrets/create-secret-resolver';
import type { Settings } from './platform/settings';
import { blobServiceClient, tableClient } from './platform/storage-clients';
import { checkProject } from './project/check-project';
import { readQuarantine } from './project/read-quarantine';
import { secretNamesOf } from './project/roles/secret-needs';
import { testChannel } from './durable/activities/alerts/test-channel';
import { createReferenceCache } from './state/reference-cache';
import { createStores } from './state/create-stores';
import { RateLimiter, ratesOf } from './triggers/http/rate-limiter';
import { maskedAudit } from './triggers/audit/masked-audit';
import { noteSecrets } from './triggers/audit/note-secrets';
import { carryOut } from './triggers/approvals/carry-out';
import { createDefinitionRegistry } from './triggers/definitions/definition-registry';
import { createProjectSource } from './triggers/project-source';
import { rerunPipeline } from './triggers/rerun-pipeline';
import { startRelease } from './triggers/start-release';
import type { TriggerServices } from './triggers/trigger-services';

/** What triggers and activities of one worker process share. */
export interface Services {
  readonly triggers: TriggerServices;
  readonly activities: ActivityServices;
}

/** The prices of the folder, read once: they are deployed with it. */
function pricesOf(folder: string): () => Prices {
  let prices: Prices | undefined;
  return () => (prices ??= loadPrices(folder).prices);
}

/** Puts everything together. Connects to nothing by itself. */
export function composeServices(settings: Settings, telemetry: Telemetry, env: NodeJS.ProcessEnv): Services {
  const { environment, inAzure } = settings;
  const { log, meters, tracing } = telemetry;
  const engine = createEngine(settings.engine, observeEngine(telemetry));
  // Its own small engine: a request does not wait for the slots of activities that work for minutes.
  const checks = createEngine({ ...settings.engine, memoryLimitBytes: 256 * 2 ** 20, threads: 1, slots: 1 });
  const opened = createStores({ storageSetting: settings.storageSetting, env });
  const stores = {
    ...opened,
    runs: observeRuns(opened.runs, telemetry),
    audit: maskedAudit(opened.trail, log),
  };
  const instance = `instance-${randomUUID().slice(0, 8)}`;
  const project = createProjectSource({ folder: settings.pipelinesFolder, environment, env }, (loaded) =>
    checkProject(loaded, checks),
  );
  knowSecretsOf(env);
  const resolver = createSecretResolver({
    env,
    keyVaultUri: settings.keyVaultUri,
    file: settings.secretsFile,
    hide: knowSecret,
    note: logSecretEvents(log),
  });
  const secrets = observedSecrets(resolver, noteSecrets(stores.audit, systemClock, instance));
  const hidden = (token: string): string => {
    knowSecret(token);
    return token;
  };
  const databaseToken = async () => hidden(await databaseTokenOf(env));
  const identityToken = async (scope: string) => hidden(await identityTokenOf(env, scope));
  const connections = {
    blobServiceClient: (setting: string) => blobServiceClient(setting, env),
    tableClient: (setting: string, table: string) => tableClient(setting, table, env),
    secrets,
    databaseToken,
    identityToken,
    ...(telemetry.isOn && { observe: tracing.call }),
  };
  const { deployedBy } = settings;
  const secretNames = (): string[] => {
    const { partial, alerts } = project.load();
    const ofAlerts = secretReferencesIn(alerts).map(({ name }) => name);
    return [...new Set([...secretNamesOf(partial), ...ofAlerts])].sort();
  };
  const alerting = composeAlerting({
    settings,
    env,
    secrets,
    log,
    config: () => project.load().alerts,
    rerun: (client, pipeline, key) => rerunPipeline(triggers, client, pipeline, key),
  });
  const triggers: TriggerServices = {
    stores,
    project,
    definitions: createDefinitionRegistry({ stores, project, clock: systemClock, environment, deployedBy }),
    clock: systemClock,
    log,
    meters,
    tracing,
    environment,
    inAzure,
    poolSlots: settings.poolSlots,
    eventQueue: settings.eventQueue === null ? null : { name: settings.eventQueue, setting: settings.storageSetting },
    links: alerting,
    testChannel: (channel, by) => testChannel(alerting, channel, by),
    testConnection: (name) => testConnection(project.load().partial, name, connections),
    secretExpiries: () => secrets.expiries(secretNames()),
    callers: {
      mode: settings.authentication,
      appServiceAuthentication: settings.appServiceAuthentication,
      localUser: settings.onOwnMachine ? userInfo().username : null,
      keys: settings.keyRoles,
    },
    self: { env, settings, appFolder: path.join(__dirname, '..'), identityToken },
    rates: new RateLimiter(ratesOf(settings.requestsPerMinute)),
    pagesFolder: __dirname,
    quarantine: readQuarantine(checks, (artifact, folder) => stores.artifacts.fetch(artifact, folder)),
  };
  return {
    triggers,
    activities: {
      engine,
      stores,
      references: createReferenceCache({
        artifacts: stores.artifacts,
        folder: path.join(settings.engine.tempFolder, 'references'),
        mostBytes: settings.referenceCacheBytes,
      }),
      openSource: (pinned, name) => openSource(pinned, name, connections),
      openTarget: (pinned, name) => openTarget(pinned, name, connections),
      secret: (name) => secrets.get(name),
      startRelease: (client, release, options) => startRelease(triggers, client, release, options),
      carryOut: (client, approval, approver) => carryOut(triggers, client, approval, approver),
      currentProject: () => project.load().project,
      alerting,
      secretExpiries: () => secrets.expiries(secretNames()),
      resources: () => resourcesOf(settings),
      watched: () => project.load().partial,
      environment,
      prices: pricesOf(settings.pipelinesFolder),
      instanceMemoryMb: settings.instanceMemoryMb,
      now: () => systemClock.now(),
      log,
      meters,
      tracing,
    },
  };
}
