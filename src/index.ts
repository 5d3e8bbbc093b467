import path from 'node:path';
import { composeServices } from './compose-services';
import { registerDurable } from './durable/register';
import { createLogger } from './observability/create-logger';
import { NO_METERS } from './observability/metrics/meters';
import { readSettings } from './platform/settings';
import { registerTriggers } from './triggers/register';

/** The composition root: what the Functions worker loads. Registers every function and connects to nothing. */
const telemetry = { log: createLogger(), meters: NO_METERS };
const services = composeServices(readSettings(process.env, path.join(__dirname, '..')), telemetry, process.env);
registerDurable(services.activities);
registerTriggers(services.triggers);
