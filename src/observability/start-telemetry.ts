import os from 'node:os';
import path from 'node:path';
import { isInAzure } from '../platform/is-in-azure';
import { createLogger } from './create-logger';
import { onlyLogs, type Telemetry } from './telemetry';

/**
 * Telemetry of this process, to be set up before anything else is loaded: Application Insights where
 * `APPLICATIONINSIGHTS_CONNECTION_STRING` is set. Otherwise events go to the console, figures and spans nowhere, and the SDK, which takes as
 * long to load as everything else together, is never loaded. Settings that cannot be used cost the telemetry, never the app.
 */
export function startTelemetry(env: NodeJS.ProcessEnv): Telemetry {
  const quiet = onlyLogs(createLogger());
  const connectionString = env['APPLICATIONINSIGHTS_CONNECTION_STRING'];
  if (connectionString === undefined || connectionString === '') return quiet;
  // The SDK reads these from the environment alone. A series that says where the process runs adds nothing: every item says it.
  env['APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED'] ??= 'true';
  // The name of the role.
  env['OTEL_SERVICE_NAME'] ??= env['WEBSITE_SITE_NAME'] ?? 'sluice';
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only where it is needed: see above
    const { startAzureMonitor } = require('./azure-monitor') as typeof import('./azure-monitor');
    return startAzureMonitor({
      connectionString,
      authentication: env['APPLICATIONINSIGHTS_AUTHENTICATION_STRING'] ?? null,
      storageDirectory: path.join(
        env['SLUICE_TEMP_FOLDER'] ?? os.tmpdir(),
        `sluice-telemetry-${process.getuid?.() ?? 'app'}`,
      ),
      inAzure: isInAzure(env),
    });
  } catch (error) {
    quiet.log.error('telemetry-not-started', { reason: error instanceof Error ? error.message : String(error) });
    return quiet;
  }
}
