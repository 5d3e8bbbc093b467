import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HostLog } from '../host/host-log';
import { AppLoadError } from './app-load-error';
import { entryPoints } from './entry-points';
import { supplyFunctionsCore, type FunctionsCore, type Registration } from './functions-core';
import { runInvocation } from './run-invocation';
import type { RpcBindingInfo, RpcRetryOptions, RpcTypedData } from './rpc';

/** A function that the app registered. */
export interface LoadedFunction {
  readonly name: string;
  /** The trigger binding and its name; `type` as the app wrote it, e.g. `httpTrigger`, `activityTrigger`. */
  readonly trigger: RpcBindingInfo & { readonly name: string };
  /** All bindings, the trigger included, by binding name. */
  readonly bindings: Readonly<Record<string, RpcBindingInfo>>;
  readonly retry: RpcRetryOptions | undefined;
}

/** What one invocation is given. */
export interface Invocation {
  /** The trigger's input. Text and JSON are both parsed by the library where they can be. */
  readonly triggerData: RpcTypedData;
  readonly triggerMetadata?: Readonly<Record<string, RpcTypedData>>;
  /** Data of further input bindings by binding name; those of an input provider are added. */
  readonly inputData?: Readonly<Record<string, RpcTypedData>>;
  /** A GUID; a new one by default. */
  readonly invocationId?: string;
  /** The caller's `traceparent`; made up by default, and then one that nobody records. */
  readonly traceParent?: string;
  /** Attempts made before, for `context.retryContext`. */
  readonly retryContext?: { readonly retryCount: number; readonly maxRetryCount: number };
}

/** What one invocation ended with. The error is that of the handler, or of the library's conversions. */
export type InvocationOutcome =
  | {
      readonly ok: true;
      readonly returnValue: RpcTypedData | null | undefined;
      /** Values of output bindings by binding name. */
      readonly outputs: Readonly<Record<string, RpcTypedData>>;
    }
  | {
      readonly ok: false;
      readonly error: { readonly name: string; readonly message: string; readonly stack?: string };
    };

/** Gives the data of an input binding, e.g. the client data of a `durableClient`. */
export type InputProvider = (bindingName: string, binding: RpcBindingInfo) => RpcTypedData;

/** A function app, loaded into this process. */
export interface FunctionApp {
  readonly folder: string;
  readonly functions: readonly LoadedFunction[];
  /**
   * Calls a function by its exact name and never rejects because of user code.
   * @throws where there is no function of that name.
   */
  invoke(name: string, invocation: Invocation): Promise<InvocationOutcome>;
  /** Has input bindings of `type` (case does not matter) filled for every function from now on. */
  provideInput(type: string, provider: InputProvider): void;
  /** Runs the app's `appTerminate` hooks. */
  terminate(): Promise<void>;
}

let loaded: string | undefined;

/**
 * Loads the app of `folder` into this process as the Functions Node worker does: the files that `main` of its package.json
 * names are required (ES modules imported), the library @azure/functions registers what it finds, `appStart` hooks run.
 * A process takes one app, since library and app keep state in their modules.
 * @throws {AppLoadError} where the app cannot be found or throws while it is loaded.
 */
export async function loadFunctionApp(folder: string, options: { readonly log: HostLog }): Promise<FunctionApp> {
  const appFolder = path.resolve(folder);
  if (loaded !== undefined) throw new Error(`This process has loaded the function app ${loaded} already.`);
  const files = entryPoints(appFolder);
  loaded = appFolder;
  const core = supplyFunctionsCore(options.log);
  for (const file of files) await loadFile(file);
  core.seal();
  await checkCapabilities(core);
  const appHookData = {};
  await core.runHooks('appStart', { hookData: appHookData, functionAppDirectory: appFolder });
  return appOf(core, appFolder, appHookData);
}

function appOf(core: FunctionsCore, folder: string, appHookData: object): FunctionApp {
  const functions = [...core.registrations.values()].map(describe);
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const providers = new Map<string, InputProvider>();

  return {
    folder,
    functions,
    async invoke(name, invocation) {
      const registration = core.registrations.get(name);
      const fn = byName.get(name);
      if (registration === undefined || fn === undefined) throw new Error(`The app has no function "${name}".`);
      const inputs: Record<string, RpcTypedData> = {};
      for (const [bindingName, binding] of Object.entries(fn.bindings)) {
        if (binding.direction === 'out' || bindingName === fn.trigger.name) continue;
        const provider = providers.get(binding.type.toLowerCase());
        if (provider !== undefined) inputs[bindingName] = provider(bindingName, binding);
      }
      return runInvocation(core, registration, {
        ...invocation,
        triggerName: fn.trigger.name,
        inputData: { ...inputs, ...invocation.inputData },
        invocationId: invocation.invocationId ?? randomUUID(),
      });
    },
    provideInput(type, provider) {
      providers.set(type.toLowerCase(), provider);
    },
    terminate: () => core.runHooks('appTerminate', { hookData: appHookData }),
  };
}

function describe({ metadata }: Registration): LoadedFunction {
  const entry = Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type));
  if (entry === undefined) throw new AppLoadError(`The function "${metadata.name}" has no trigger.`, 'Give it one.');
  const [name, binding] = entry;
  return {
    name: metadata.name,
    trigger: { ...binding, name },
    bindings: metadata.bindings,
    retry: metadata.retryOptions,
  };
}

async function loadFile(file: string): Promise<void> {
  try {
    await requireOrImport(file);
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new AppLoadError(`${file} failed while it was loaded: ${stack}`, 'Correct the code named above.', error);
  }
}

/** `require` takes ES modules too, but not those with a top-level await. */
async function requireOrImport(file: string): Promise<void> {
  try {
    require(file);
  } catch (error) {
    if ((error as { code?: unknown } | undefined)?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    await import(pathToFileURL(file).href);
  }
}

/** Asked as the worker asks, since this also locks `app.setup`. */
async function checkCapabilities(core: FunctionsCore): Promise<void> {
  const capabilities = (await core.programmingModel()?.getCapabilities?.({})) ?? {};
  if (capabilities['HttpUri'] === undefined) return;
  throw new AppLoadError(
    'The app turns on HTTP streaming (app.setup({ enableHttpStream: true })), which the embedded host does not support.',
    'Turn it off for local runs.',
  );
}
