import { randomUUID } from 'node:crypto';
import type { FunctionApp, Invocation, InvocationOutcome } from '../worker/function-app';
import type { HostLog } from './host-log';

/** Calls a function of the app for a trigger. */
export type FunctionRunner = (functionName: string, call: FunctionCall) => Promise<InvocationOutcome>;

/** One call, and why it is made, for the log. */
export interface FunctionCall extends Invocation {
  readonly reason: string;
}

/** Calls functions and logs each call's beginning, end and error, as the real host words it. */
export function createFunctionRunner(app: FunctionApp, log: HostLog): FunctionRunner {
  return async (functionName, { reason, ...invocation }) => {
    const category = `Function.${functionName}`;
    const invocationId = invocation.invocationId ?? randomUUID();
    log('debug', category, `Executing 'Functions.${functionName}' (Reason='${reason}', Id=${invocationId})`);
    const began = performance.now();
    const outcome = await app.invoke(functionName, { ...invocation, invocationId });
    const facts = `Id=${invocationId}, Duration=${Math.round(performance.now() - began)}ms`;
    if (outcome.ok) {
      log('information', category, `Executed 'Functions.${functionName}' (Succeeded, ${facts})`);
    } else {
      const { name, message, stack } = outcome.error;
      log(
        'error',
        category,
        `Executed 'Functions.${functionName}' (Failed, ${facts})\n${stack ?? `${name}: ${message}`}`,
      );
    }
    return outcome;
  };
}
