import path from 'node:path';
import { createDurableTask } from '../durable-task/create-durable-task';
import { functionRoutes } from '../http/function-routes';
import type { HttpAnswer } from '../http/http-answer';
import { startHttpServer, type HttpHandler } from '../http/http-server';
import { DEFAULT_BODY_LIMIT } from '../http/read-body';
import { createEventGridWebhook } from '../triggers/event-grid-webhook';
import type { RunningTimer } from '../triggers/timer-trigger';
import { loadFunctionApp } from '../worker/function-app';
import { createConsoleLog } from './console-log';
import { lockDataFolder } from './data-folder-lock';
import { defaultSettings, hostIdOf } from './default-settings';
import type { DurableExtension } from './durable-extension';
import { functionTable } from './function-table';
import { readHostConfig } from './host-config';
import type { HostLog } from './host-log';
import { createHostRouter } from './host-router';
import { provideStorage, type AzuritePortOptions } from './host-storage-setting';
import { applySettings, readLocalSettings } from './local-settings';
import { createFunctionRunner } from './run-function';
import { startTriggers, type RunningTriggers } from './start-triggers';
import { refusedFunctions } from './supported-bindings';

/** What to host, and where. */
export interface StartHostOptions {
  /** Folder of host.json and package.json. */
  readonly appFolder: string;
  /** TCP port on 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  /** Journals of orchestrations, and Azurite's data; made where missing. One host at a time may use it. */
  readonly dataFolder: string;
  /** `azurite` starts one unless the setting AzureWebJobsStorage names another storage; else a connection string. */
  readonly storage: string;
  /** 10000 to 10002 by default. */
  readonly azuritePorts?: AzuritePortOptions;
  /** App settings that win over the environment and local.settings.json. */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes the place of the console. */
  readonly log?: HostLog;
  /** Shows debug lines on the console whatever host.json says. */
  readonly verbose?: boolean;
}

/** A host that serves an app. */
export interface RunningHost {
  /** `http://127.0.0.1:<port>` */
  readonly baseUrl: string;
  /** The functions and their URLs, as text. */
  readonly table: string;
  /** Ends everything in order, Azurite last; repeated calls do nothing more. */
  stop(): Promise<void>;
}

/** How long calls under way may take when the host stops. */
const GRACE_MS = 5000;
const DEFAULT_AZURITE_PORTS: AzuritePortOptions = { blob: 10000, queue: 10001, table: 10002 };

/**
 * Runs a function app in this process as the Functions host would: HTTP, timers, blobs, events and durable functions.
 * A process takes one app, once; app settings become environment variables of this process, and the app's folder its
 * working directory, as in the real worker.
 * @throws {PortInUseError | HostConfigError | AppLoadError | ServiceStartError} with nothing left running.
 */
export async function startHost(options: StartHostOptions): Promise<RunningHost> {
  const appFolder = path.resolve(options.appFolder);
  const dataFolder = path.resolve(options.dataFolder);
  const config = readHostConfig(appFolder);
  const log = options.log ?? consoleLog(config.logLevels, options.verbose ?? false);
  const closers: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    for (const close of closers.reverse()) {
      await close().catch((error: unknown) => log('error', 'Host.Shutdown', String(error)));
    }
  };
  const stop = (): Promise<void> => (stopping ??= closeAll());
  try {
    return await start();
  } catch (error) {
    await stop();
    throw error;
  }

  async function start(): Promise<RunningHost> {
    Object.assign(process.env, options.env);
    applySettings(readLocalSettings(appFolder));
    const server = await startHttpServer({
      port: options.port,
      bodyLimit: Number(process.env['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'] ?? DEFAULT_BODY_LIMIT),
      onError: (error) =>
        log('error', 'Host.Http', error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
    closers.push(() => server.stop(GRACE_MS));
    closers.push(await lockDataFolder(dataFolder));
    applySettings(defaultSettings(appFolder, server.port));
    const ports = options.azuritePorts ?? DEFAULT_AZURITE_PORTS;
    closers.push(await provideStorage({ storage: options.storage, ports, dataFolder, log, env: process.env }));

    closers.push(surviveRejections(log));
    process.chdir(appFolder);
    const app = await loadFunctionApp(appFolder, { log });
    closers.push(() => app.terminate());
    const refused = refusedFunctions(app.functions);
    const functions = app.functions.filter(({ name }) => !refused.some((other) => other.name === name));

    const baseUrl = `http://127.0.0.1:${server.port}`;
    const run = createFunctionRunner(app, log);
    const durable: DurableExtension = createDurableTask({ app, dataFolder, hostConfig: config, log, baseUrl });
    app.provideInput('durableClient', (_, binding) => ({ json: JSON.stringify(durable.clientBinding(binding)) }));
    const routes = functionRoutes(functions, config.routePrefix);
    const webhooks: Record<string, HttpHandler> = {
      durabletask: ({ path: whole, ...call }) =>
        durable.handleManagement({ ...call, path: whole.replace(/^\/runtime\/webhooks\/durabletask/i, '') }),
      eventgrid: createEventGridWebhook(functions, run),
    };
    const started: { triggers?: RunningTriggers } = {};
    const router = createHostRouter({
      routes,
      run,
      webhooks,
      runNow: async (name) => runNow(started.triggers?.timer(name)),
    });
    const ready = durable.start();
    // Before triggers and resumed activities run, for both may use the durable client, which speaks HTTP to this server.
    server.handle(async (call) => {
      await ready;
      return router(call);
    });
    await ready;
    closers.push(() => durable.stop());
    const triggers = await startTriggers(functions, { run, config, hostId: hostIdOf(appFolder), log });
    started.triggers = triggers;
    closers.push(() => within(GRACE_MS, triggers.stop()));
    const unavailable = [...refused, ...triggers.unavailable];
    for (const { name, reason } of unavailable) log('error', 'Host.Startup', `'${name}' is not run: ${reason}`);
    // First of all when it ends, besides the first entry, which is for a start that fails.
    closers.push(() => server.stop(GRACE_MS));
    return { baseUrl, table: functionTable(app.functions, routes, unavailable, baseUrl), stop };
  }
}

/** A promise that the app forgot must not take the orchestrations of everybody else with it. */
function surviveRejections(log: HostLog): () => Promise<void> {
  const report = (reason: unknown): void => {
    const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    log('error', 'Worker', `Unhandled rejection, which in Azure would end the worker process: ${text}`);
  };
  process.on('unhandledRejection', report);
  return async () => void process.off('unhandledRejection', report);
}

function runNow(timer: RunningTimer | undefined): HttpAnswer {
  if (timer === undefined) return { status: 404 };
  void timer.runNow();
  return { status: 202 };
}

function consoleLog(levels: Parameters<typeof createConsoleLog>[0]['levels'], verbose: boolean): HostLog {
  const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  return createConsoleLog({ levels, verbose, colours, write: (text) => process.stdout.write(text) });
}

/** Waits, but not for ever: what a stopping host does not wait for is run again by the next one. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
