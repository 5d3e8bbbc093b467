import path from 'node:path';
import { composeServices } from './compose-services';
import { registerDurable } from './durable/register';
import { createLogger } from './observability/create-logger';
import { readSettings } from './platform/settings';
import { registerTriggers } from './triggers/register';

/** The composition root: what the Functions worker loads. Registers every function and connects to nothing. */
const services = composeServices(readSettings(process.env, path.join(__dirname, '..')), createLogger(), process.env);
registerDurable(services.activities);
registerTriggers(services.triggers);
