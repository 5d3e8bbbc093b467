/**
 * The part of an SDK error that a person can use: the SDK appends a dump of the host's own exception after ` \n `
 * (https://github.com/Azure/azure-functions-durable-js, TaskOrchestrationExecutor).
 */
export function reasonOf(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error((message.split(' \n ')[0] ?? message).slice(0, 500));
}
