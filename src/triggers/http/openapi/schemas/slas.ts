import { z } from 'zod';
import type { Forecast, SlaStanding, SlaVerdict } from '../../../../model/service-level';
import { maybeTime, time } from './common';

const objective = z.enum(['freshness', 'maxDuration', 'doneBy']);
const step = z.enum(['plan', 'extract', 'transform', 'validate', 'stage', 'publish', 'advance-watermark']);
const ms = z.number().min(0);

const forecast = z
  .strictObject({
    runId: z.string().nullable().describe('Null: as if a run began now.'),
    expectedAt: time.describe('By the medians of the steps that are left.'),
    latestAt: time.describe('With the spread of each of them added.'),
    runs: z.int().describe('How many published runs the figures are from.'),
    steps: z.array(z.strictObject({ step, medianMs: ms, spreadMs: ms, leftMs: ms })),
  })
  .meta({ id: 'Forecast' });
forecast satisfies z.ZodType<Forecast>;

const standing = z
  .strictObject({
    objective,
    state: z.enum(['met', 'atRisk', 'missed', 'pending']),
    dueAt: maybeTime,
    runId: z.string().nullable(),
    forecast: forecast.nullable(),
    message: z.string(),
  })
  .meta({ id: 'SlaStanding', description: 'How a pipeline stands with one promise.' });
standing satisfies z.ZodType<SlaStanding>;

const verdict = z
  .strictObject({
    pipeline: z.string(),
    objective,
    dueAt: time,
    status: z.enum(['met', 'missed']),
    runId: z.string().nullable(),
    doneAt: maybeTime.describe('When it was done, in time or late.'),
  })
  .meta({ id: 'SlaVerdict', description: 'What became of one due time.' });
verdict satisfies z.ZodType<SlaVerdict>;

const promised = z.looseObject({}).describe('As the YAML has it.');
const evaluatedAt = maybeTime.describe('Null until monitoring has looked.');

export const slasList = z.strictObject({
  slas: z.array(
    z.strictObject({
      pipeline: z.string(),
      owner: z.string().nullable(),
      sla: promised,
      evaluatedAt,
      objectives: z.array(standing),
      recent: z.strictObject({ met: z.int(), missed: z.int() }).describe('Of the last 30 due times.'),
    }),
  ),
});
export const slaOfPipeline = z.strictObject({
  pipeline: z.string(),
  sla: promised.nullable(),
  evaluatedAt,
  objectives: z.array(standing),
  history: z.array(verdict),
});
