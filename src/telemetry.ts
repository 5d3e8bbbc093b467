import { startTelemetry } from './observability/start-telemetry';

/** Set up as soon as this module is loaded, which has to be before what it observes. */
export const telemetry = startTelemetry(process.env);
