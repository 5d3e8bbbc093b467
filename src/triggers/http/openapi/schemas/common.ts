import { z } from 'zod';
import type { Counts } from '../../../../model/counts';
import type { Failure } from '../../../../model/failure';

/** Schemas of answers that several routes share. Each is held to the type of what is answered by `satisfies`. */

export const time = z.iso.datetime().describe('ISO 8601, UTC.');
export const maybeTime = time.nullable();
export const status = z.enum(['Queued', 'InProgress', 'Succeeded', 'Failed', 'Cancelled', 'Skipped']);
export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const rows = z.int().min(0);

export const counts = z
  .strictObject({
    read: rows,
    generated: rows.describe('Made by unnest beyond what it was given.'),
    filtered: rows,
    deduplicated: rows,
    collapsed: rows.describe('Folded into others by aggregate.'),
    quarantined: rows,
    loaded: rows,
  })
  .meta({
    id: 'Counts',
    description: 'Rows: read + generated = loaded + filtered + deduplicated + collapsed + quarantined.',
  }) satisfies z.ZodType<Counts>;

export const failure = z
  .strictObject({
    class: z.enum(['transient', 'persistent', 'business', 'infrastructure']),
    code: z.string().describe('Stable; names the runbook page.'),
    message: z.string(),
    causes: z.array(z.string()).describe('Outermost first.'),
    dataState: z.enum(['nothing-loaded', 'staged-not-published', 'published', 'unknown']),
    nextAction: z.string(),
    runbook: z.string(),
    connection: z.string().exactOptional(),
    retryAfterMs: z.number().exactOptional(),
    runId: z.string().exactOptional(),
    pipeline: z.string().exactOptional(),
    step: z.string().exactOptional(),
    partition: z.int().exactOptional(),
  })
  .meta({ id: 'Failure', description: 'What went wrong, the state that the data is in, and what to do.' });
/** Fails to compile where the schema and the type differ. */
failure satisfies z.ZodType<Failure>;

export const column = z
  .strictObject({ name: z.string(), type: z.string(), nullable: z.boolean() })
  .meta({ id: 'Column' });

/** The links of a page of a list. */
export const pageLinks = z.strictObject({ next: z.string().exactOptional() });
export const paused = z
  .strictObject({ by: z.string(), at: time, reason: z.string() })
  .meta({ id: 'Pause', description: 'Who paused a pipeline, when and why.' });

export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    fix: z.string().describe('What to do about it.'),
    runbook: z.string().exactOptional(),
    faults: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .exactOptional()
      .describe('Where the request is wrong.'),
    problems: z.array(z.unknown()).exactOptional().describe('What is wrong with the pipelines folder.'),
  })
  .meta({ id: 'Problem', description: 'A problem document (RFC 9457).' });
