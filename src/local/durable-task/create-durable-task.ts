import path from 'node:path';
import type { DurableExtension } from '../host/durable-extension';
import type { HostConfig } from '../host/host-config';
import type { HostLog } from '../host/host-log';
import type { FunctionApp } from '../worker/function-app';
import { Engine } from './engine';
import { managementApi } from './management-api';
import { managementUrls } from './management-urls';

/** What the durable extension is made for. */
export interface DurableTaskOptions {
  app: FunctionApp;
  /** Journals go into the subfolder `durable/<task hub>`. */
  dataFolder: string;
  hostConfig: HostConfig;
  log: HostLog;
  /** Origin of the host's HTTP server. */
  baseUrl: string;
}

/** The durable extension of the embedded host. */
export function createDurableTask({ app, dataFolder, hostConfig, log, baseUrl }: DurableTaskOptions): DurableExtension {
  const { hubName } = hostConfig;
  const engine = new Engine(app, path.join(dataFolder, 'durable', hubName), hostConfig, log);
  const base = `${baseUrl}/runtime/webhooks/durabletask`;
  const urls = managementUrls(base, hubName);
  const create = `${base}/orchestrators/{functionName}[/{instanceId}]`;
  const wait = 'timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}';
  return {
    start: async () => engine.start(),
    stop: async () => engine.stop(),
    handleManagement: managementApi(engine, base, urls),
    clientBinding: () => ({
      taskHubName: hubName,
      connectionName: null,
      creationUrls: {
        createNewInstancePostUri: `${create}?code=local`,
        createAndWaitOnNewInstancePostUri: `${create}?${wait}&code=local`,
      },
      managementUrls: urls('INSTANCEID', ['rewind']),
      baseUrl: base,
      requiredQueryStringParameters: 'code=local',
      // A listener of its own in the real host; the SDK prefers it, and asks for other things through it.
      rpcBaseUrl: `${base}/`,
      httpBaseUrl: null,
      maxGrpcMessageSizeInBytes: null,
      grpcHttpClientTimeout: null,
    }),
  };
}
