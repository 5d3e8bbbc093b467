import module from 'node:module';
import type { HostLog, LogLevel } from '../host/host-log';
import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from './rpc';

/** A function as the app registered it. */
export interface Registration {
  readonly metadata: FunctionMetadata;
  readonly handler: FunctionCallback;
}

/** The hooks that `app.hook` of the library knows. */
export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';

type Hook = (context: object) => unknown;

/** The state behind the module `@azure/functions-core` of this process. */
export interface FunctionsCore {
  readonly registrations: Map<string, Registration>;
  programmingModel(): ProgrammingModel | undefined;
  /** Calls the hooks of that name in the order in which they were registered, each after the other has ended. */
  runHooks(name: HookName, context: object): Promise<void>;
  /** Calls log hooks, which are synchronous and may change level and message, then writes. */
  log(level: LogLevel, category: 'user' | 'system', message: string, where: LogOrigin): void;
  /** From now on registering functions is an error, as in the real worker. */
  seal(): void;
}

/** Where a log event comes from. */
export interface LogOrigin {
  /** A category of host.json's `logging.logLevel`. */
  readonly category: string;
  readonly invocationContext?: unknown;
}

const SPECIFIER = '@azure/functions-core';
const VIRTUAL_URL = 'sluice:functions-core';
const EXPORTS = Symbol.for('sluice.functions-core');

/**
 * Supplies the module `@azure/functions-core`, which the library @azure/functions requires and only the Functions worker
 * has, to everything this process loads from now on.
 */
export function supplyFunctionsCore(log: HostLog): FunctionsCore {
  const registrations = new Map<string, Registration>();
  const hooks = new Map<string, Hook[]>();
  let model: ProgrammingModel | undefined;
  let sealed = false;

  const write: FunctionsCore['log'] = (level, category, message, origin) => {
    const event = { hookData: {}, level, category, message, invocationContext: origin.invocationContext };
    for (const hook of hooks.get('log') ?? []) hook(event);
    log(event.level, origin.category, event.message);
  };
  const api = {
    version: '3.9.1',
    hostVersion: '4.1037.0',
    Disposable: DisposableHook,
    registerFunction(metadata: FunctionMetadata, handler: FunctionCallback) {
      if (sealed) throw new Error('A function can only be registered during app startup.');
      registrations.set(metadata.name, { metadata, handler });
      return new DisposableHook(() => registrations.delete(metadata.name));
    },
    setProgrammingModel(chosen: ProgrammingModel) {
      model = chosen;
    },
    getProgrammingModel: () => model,
    registerHook(name: string, hook: Hook) {
      const list = hooks.get(name) ?? [];
      hooks.set(name, [...list, hook]);
      return new DisposableHook(() =>
        hooks.set(
          name,
          (hooks.get(name) ?? []).filter((other) => other !== hook),
        ),
      );
    },
    log: (level: LogLevel, category: 'user' | 'system', message: string) =>
      write(level, category, message, { category: 'Worker' }),
  };
  installModule(api);

  return {
    registrations,
    programmingModel: () => model,
    async runHooks(name, context) {
      for (const hook of hooks.get(name) ?? []) await hook(context);
    },
    log: write,
    seal() {
      sealed = true;
    },
  };
}

class DisposableHook {
  readonly dispose: () => void;

  constructor(dispose: () => unknown) {
    this.dispose = () => void dispose();
  }
}

function installModule(api: object): void {
  Object.assign(globalThis, { [EXPORTS]: api });
  // Named one by one, so that an ES module can import them by name.
  const named = Object.keys(api).map((name) => `exports.${name} = core.${name};`);
  const source = [`const core = globalThis[Symbol.for(${JSON.stringify(EXPORTS.description)})];`, ...named].join('\n');
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== SPECIFIER) return nextResolve(specifier, context);
      return { url: VIRTUAL_URL, format: 'commonjs', shortCircuit: true };
    },
    load(url, context, nextLoad) {
      if (url !== VIRTUAL_URL) return nextLoad(url, context);
      return { format: 'commonjs', source, shortCircuit: true };
    },
  });
}
