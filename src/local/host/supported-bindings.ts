import type { LoadedFunction } from '../worker/function-app';
import type { RpcBindingInfo } from '../worker/rpc';

/** Trigger types that the embedded host serves, in lower case, and how to call them in a message. */
const TRIGGERS: Readonly<Record<string, string>> = {
  httptrigger: 'httpTrigger',
  timertrigger: 'timerTrigger',
  blobtrigger: 'blobTrigger',
  eventgridtrigger: 'eventGridTrigger',
  orchestrationtrigger: 'orchestrationTrigger',
  activitytrigger: 'activityTrigger',
  entitytrigger: 'entityTrigger',
  warmuptrigger: 'warmupTrigger',
};
const INPUTS: Readonly<Record<string, string>> = { durableclient: 'durableClient' };
const OUTPUTS: Readonly<Record<string, string>> = { http: 'http' };

/** A function that the embedded host does not run. */
export interface UnavailableFunction {
  readonly name: string;
  /** What is wrong with it, and what is supported or to be done. */
  readonly reason: string;
}

/**
 * Functions that are switched off by `AzureWebJobs.<name>.Disabled` or need a binding which the embedded host does not
 * have; the others run all the same.
 * https://learn.microsoft.com/azure/azure-functions/disable-function
 */
export function refusedFunctions(
  functions: readonly LoadedFunction[],
  env: NodeJS.ProcessEnv = process.env,
): UnavailableFunction[] {
  return functions.flatMap((fn) => {
    const setting = `AzureWebJobs.${fn.name}.Disabled`;
    const isDisabled = /^(true|1)$/i.test(env[setting] ?? '');
    const reason = isDisabled ? `the setting ${setting} switches it off.` : reasonOf(fn);
    return reason === undefined ? [] : [{ name: fn.name, reason }];
  });
}

function reasonOf({ trigger, bindings }: LoadedFunction): string | undefined {
  if (!(trigger.type.toLowerCase() in TRIGGERS)) return sentence('trigger', trigger.type, TRIGGERS);
  if (isSdkBinding(trigger)) return 'its trigger has sdkBinding, which the embedded host does not support.';
  for (const [name, binding] of Object.entries(bindings)) {
    if (name === trigger.name) continue;
    const known = binding.direction === 'out' ? OUTPUTS : INPUTS;
    if (binding.type.toLowerCase() in known) continue;
    return sentence(binding.direction === 'out' ? 'output' : 'input', binding.type, known);
  }
  return undefined;
}

function sentence(kind: string, type: string, known: Readonly<Record<string, string>>): string {
  return `the embedded host does not support the ${kind} type "${type}". Supported: ${Object.values(known).join(', ')}.`;
}

function isSdkBinding(binding: RpcBindingInfo): boolean {
  const properties = binding['properties'] as { supportsDeferredBinding?: unknown } | undefined;
  return properties?.supportsDeferredBinding === 'true';
}
