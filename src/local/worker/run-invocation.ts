import type { FunctionsCore, Registration } from './functions-core';
import type { Invocation, InvocationOutcome } from './function-app';
import type { CoreInvocationContext, RpcTypedData } from './rpc';

/** An invocation with everything filled in. */
export interface PreparedInvocation extends Invocation {
  readonly triggerName: string;
  readonly inputData: Readonly<Record<string, RpcTypedData>>;
  readonly invocationId: string;
}

/**
 * One invocation in the order of the Node worker: arguments, `preInvocation` hooks, handler, `postInvocation` hooks,
 * response. https://github.com/Azure/azure-functions-nodejs-worker/blob/v3.x/src/eventHandlers/InvocationHandler.ts
 */
export async function runInvocation(
  core: FunctionsCore,
  { metadata, handler }: Registration,
  invocation: PreparedInvocation,
): Promise<InvocationOutcome> {
  let invocationContext: unknown;
  const context: CoreInvocationContext = {
    invocationId: invocation.invocationId,
    metadata,
    request: {
      invocationId: invocation.invocationId,
      inputData: [
        { name: invocation.triggerName, data: invocation.triggerData },
        ...Object.entries(invocation.inputData).map(([name, data]) => ({ name, data })),
      ],
      triggerMetadata: invocation.triggerMetadata ?? {},
      traceContext: {
        traceParent: invocation.traceParent ?? madeUpTraceParent(invocation.invocationId),
        traceState: '',
      },
      ...(invocation.retryContext && { retryContext: invocation.retryContext }),
    },
    state: undefined,
    log(level, category, message) {
      // The log API of custom metrics is JSON for Application Insights, not reading matter.
      if (category === 'customMetric') return;
      const suffix = category === 'user' ? '.User' : '';
      core.log(level, category, message, { category: `Function.${metadata.name}${suffix}`, invocationContext });
    },
  };
  try {
    const model = core.programmingModel()?.getInvocationModel(context);
    if (model === undefined) throw new Error('No programming model is set: the app did not load @azure/functions.');
    const args = await model.getArguments();
    invocationContext = args.context;
    const shared = { hookData: {}, inputs: args.inputs, invocationContext };
    const before = { ...shared, functionCallback: handler };
    context.state = 'preInvocationHooks';
    await core.runHooks('preInvocation', before);
    const after = { ...shared, inputs: before.inputs, result: null as unknown, error: null as unknown };
    context.state = 'invocation';
    try {
      after.result = await model.invokeFunction(args.context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error;
    }
    context.state = 'postInvocationHooks';
    await core.runHooks('postInvocation', after);
    // Throwing undefined or null is success, as in the worker.
    if (after.error !== null && after.error !== undefined) return { ok: false, error: describe(after.error) };
    const response = await model.getResponse(args.context, after.result);
    const outputs = Object.fromEntries((response.outputData ?? []).map(({ name, data }) => [name, data]));
    return { ok: true, returnValue: response.returnValue, outputs };
  } catch (error) {
    return { ok: false, error: describe(error) };
  }
}

function describe(error: unknown): { name: string; message: string; stack?: string } {
  if (error instanceof Error || isErrorLike(error)) {
    return {
      name: error.name,
      message: error.message,
      ...(error.stack !== undefined && { stack: error.stack }),
    };
  }
  if (typeof error === 'string') return { name: 'Error', message: error };
  return { name: 'Error', message: JSON.stringify(error) };
}

/** Errors of another realm, such as a vm context, are no instances of this one's Error. */
function isErrorLike(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'name' in error && 'message' in error && 'stack' in error;
}

/** https://www.w3.org/TR/trace-context/#traceparent-header, unsampled. */
function madeUpTraceParent(invocationId: string): string {
  const hex = invocationId.replace(/-/g, '').padEnd(32, '0').slice(0, 32).toLowerCase();
  return `00-${hex}-${hex.slice(0, 16)}-00`;
}
