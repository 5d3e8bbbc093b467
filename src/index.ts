// First: it observes what is loaded after it.
import { telemetry } from './telemetry';
import path from 'node:path';
import { app } from '@azure/functions';
import { composeServices } from './compose-services';
import { registerDurable } from './durable/register';
import { readSettings } from './platform/settings';
import { registerTriggers } from './triggers/register';

/** The composition root: what the Functions worker loads. Registers every function and connects to nothing. */
const services = composeServices(readSettings(process.env, path.join(__dirname, '..')), telemetry, process.env);
registerDurable(services.activities);
registerTriggers(services.triggers);
app.hook.appTerminate(() => telemetry.flush());
