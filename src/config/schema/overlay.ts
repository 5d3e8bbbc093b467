import { z } from 'zod';
import { name } from './common';
import { guards } from './guards';

/** Any part of a connection or pipeline; checked after it is laid over the base. */
const part = z.record(z.string(), z.unknown());

/** `environments/<name>.yaml`: values of one environment, laid over the files of the folder. */
export const overlayFile = z.strictObject({
  connections: z
    .record(name, part)
    .optional()
    .describe('Connections by name: keys to change. Maps are merged, lists and values replaced, null removes.'),
  pipelines: z
    .record(name, part)
    .optional()
    .describe('Pipelines by name: keys to change. Maps are merged, lists and values replaced, null removes.'),
  alerts: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Keys of alerts.yaml to change. Maps are merged, lists and values replaced, null removes.'),
  guards: guards.optional().describe('What people must confirm, or have approved, in this environment.'),
});
