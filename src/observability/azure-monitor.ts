import { AzureFunctionsInstrumentation } from '@azure/functions-opentelemetry-instrumentation';
import { DefaultAzureCredential, ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import { logs } from '@opentelemetry/api-logs';
import { trace } from '@opentelemetry/api';
import { flushAzureMonitor, useAzureMonitor } from 'applicationinsights';
import { createLogger, toConsole, type LogSink } from './create-logger';
import { readableEvents, toLogRecords } from './log-records';
import { createMeters } from './metrics/create-meters';
import { parseAuthentication } from './parse-authentication';
import type { Telemetry } from './telemetry';
import { createTracing } from './tracing/create-tracing';
import { spanRules } from './tracing/span-rules';

export interface AzureMonitorSettings {
  readonly connectionString: string;
  /** `Authorization=AAD`, with `ClientId=...` for a user-assigned identity; null sends without Entra. */
  readonly authentication: string | null;
  /** Where telemetry waits that could not be sent, at most 50 MB. */
  readonly storageDirectory: string;
  readonly inAzure: boolean;
}

/** Longer than this nobody waits for the last telemetry of a process that ends. */
const FLUSH_TIMEOUT_MS = 3000;
const OFF = { enabled: false };

/**
 * Sets up Application Insights for this process. It has to come before whatever is to be observed is loaded. Everything is sent from queues of
 * a bounded length in the background: what does not fit is dropped, and nobody waits.
 */
export function startAzureMonitor(settings: AzureMonitorSettings): Telemetry {
  const credential = credentialOf(settings);
  useAzureMonitor({
    azureMonitorExporterOptions: {
      connectionString: settings.connectionString,
      storageDirectory: settings.storageDirectory,
      ...(credential !== null && { credential }),
    },
    // All of them, unless OTEL_TRACES_SAMPLER says otherwise: a run is one trace, and there are not many. By rate, spans of a trace get lost.
    samplingRatio: 1,
    tracesPerSecond: 0,
    // The host sends these itself.
    enableLiveMetrics: false,
    enablePerformanceCounters: false,
    enableStandardMetrics: false,
    instrumentationOptions: {
      azureSdk: { enabled: true },
      // It would write the text of every statement.
      postgreSql: OFF,
      // Azure's SDKs are observed as such, requests of ours by `ObserveCall`.
      http: OFF,
      mongoDb: OFF,
      mySql: OFF,
      redis: OFF,
      redis4: OFF,
      bunyan: OFF,
      winston: OFF,
      console: OFF,
    },
    spanProcessors: [spanRules],
    logRecordProcessors: [readableEvents],
  });
  const functions = new AzureFunctionsInstrumentation();
  functions.setTracerProvider(trace.getTracerProvider());
  functions.setLoggerProvider(logs.getLoggerProvider());
  return {
    log: createLogger(settings.inAzure ? toLogRecords : both(toLogRecords, toConsole)),
    meters: createMeters(),
    tracing: createTracing(),
    isOn: true,
    flush: async () => {
      await Promise.race([flushAzureMonitor(), delay(FLUSH_TIMEOUT_MS)]);
    },
  };
}

function credentialOf({ authentication, inAzure }: AzureMonitorSettings): TokenCredential | null {
  const identity = parseAuthentication(authentication);
  if (identity === null) return null;
  if (!inAzure) return new DefaultAzureCredential();
  const { clientId } = identity;
  return clientId === null ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
}

/** On a developer's machine nobody else shows the console. In Azure the host would send its lines a second time. */
function both(first: LogSink, second: LogSink): LogSink {
  return (level, event, fields) => {
    first(level, event, fields);
    second(level, event, fields);
  };
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
