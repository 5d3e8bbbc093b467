/** Levels of the Functions host, lowest first: https://learn.microsoft.com/azure/azure-functions/configure-monitoring#configure-log-levels */
export const LOG_LEVELS = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;

/** One of the levels of host.json, in lower case. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Takes one log event. Categories are those of the real host, so that `logging.logLevel` of host.json means the same:
 * `Function.<name>.User`, `Function.<name>`, `Host.Startup`, `Host.Triggers.DurableTask`, `Worker` ...
 */
export type HostLog = (level: LogLevel, category: string, message: string) => void;
