import { z } from 'zod';
import type { ColumnChange } from '../../../../model/schema-version';
import { checkResult, checkStatus } from './runs';
import { column, maybeTime, pageLinks, paused, time } from './common';
import { versionOfPipeline } from './versions';

const described = z
  .strictObject({
    pipeline: z.string(),
    description: z.string().nullable(),
    owner: z.string().nullable(),
    tags: z.record(z.string(), z.string()),
    dependsOn: z.array(z.string()),
    trigger: z.looseObject({}).nullable().describe('As the YAML has it.'),
    concurrency: z.looseObject({ limit: z.int(), onOverlap: z.string() }),
    source: z.strictObject({ connection: z.string() }),
    target: z.strictObject({
      connection: z.string(),
      table: z.string().exactOptional().describe('The table, or the path in a container.'),
      writeDisposition: z.enum(['append', 'replace', 'merge']),
    }),
    version: versionOfPipeline.nullable(),
    paused: paused.nullable(),
    scheduledUpTo: maybeTime.describe('Up to when due times were handled.'),
    watermark: z
      .strictObject({ load: z.int(), value: z.string().nullable(), files: z.int() })
      .nullable()
      .describe('How far the source was loaded.'),
  })
  .meta({ id: 'Pipeline' });
const problemOfFile = z
  .strictObject({
    file: z.string(),
    line: z.int(),
    column: z.int(),
    path: z.string(),
    code: z.string(),
    message: z.string(),
    value: z.string().nullable(),
    fix: z.string(),
    severity: z.enum(['error', 'warning']),
  })
  .meta({ id: 'ProjectProblem', description: 'What is wrong with a file of the pipelines folder.' });

export const pipelinesList = z.strictObject({
  environment: z.string(),
  paused: paused.nullable().describe('The pause of all pipelines.'),
  pipelines: z.array(described),
  problems: z.array(problemOfFile),
});
export const pipelineWithDefinition = described
  .extend({ definition: z.looseObject({}).describe('As in pipelines/schema.json; secrets are names.') })
  .meta({ id: 'PipelineWithDefinition' });

export const checksOfPipeline = z.strictObject({
  pipeline: z.string(),
  runs: z.array(
    z.strictObject({
      runId: z.string(),
      at: time,
      verdict: z.enum(['passed', 'failed']),
      message: z.string(),
      checks: z.array(checkResult),
    }),
  ),
  trends: z.array(
    z.strictObject({
      check: z.string(),
      kind: z.string(),
      columns: z.array(z.string()),
      points: z
        .array(
          z.looseObject({ runId: z.string(), at: time, status: checkStatus, evaluated: z.int(), failures: z.int() }),
        )
        .describe('Newest first, with the figures of the check.'),
    }),
  ),
  continuation: z.string().nullable(),
  links: pageLinks,
});

const columnChange = z.union([
  z.strictObject({ change: z.enum(['added', 'removed']), column: z.string(), type: z.string() }),
  z.strictObject({ change: z.literal('type'), column: z.string(), from: z.string(), to: z.string() }),
]) satisfies z.ZodType<ColumnChange>;
const schemaVersion = z
  .strictObject({
    version: z.int().min(1),
    columns: z.array(column),
    changes: z.array(columnChange),
    runId: z.string(),
    at: time,
  })
  .meta({ id: 'SchemaVersion' });
export const schemasOfPipeline = z.strictObject({
  pipeline: z.string(),
  source: z.array(schemaVersion),
  target: z.array(schemaVersion),
});
export const pausedPipeline = z.strictObject({ pipeline: z.string(), paused });
export const resumedPipeline = z.strictObject({
  pipeline: z.string(),
  paused: paused.nullable().describe('The pause of all pipelines, where there is one.'),
  wasPaused: paused.nullable(),
});
export const pausedAll = z.strictObject({ paused });
export const resumedAll = z.strictObject({
  paused: z.null(),
  wasPaused: paused.nullable(),
  stillPaused: z.array(z.string()).describe('Pipelines with a pause of their own.'),
});
