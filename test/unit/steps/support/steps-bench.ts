import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline as pipelineSchema, type PipelineConfig } from '../../../../src/config/schema/pipeline';
import { createEngine } from '../../../../src/engine/create-engine';
import { describeRelation } from '../../../../src/engine/describe-relation';
import type { EngineSession, EngineValue } from '../../../../src/engine/engine-session';
import { quoteLiteral } from '../../../../src/engine/quote-literal';
import type { Column } from '../../../../src/model/column';
import type { AnomalyHistory } from '../../../../src/steps/dataset/judge-anomaly-check';
import { bindPipeline, type BoundPipeline } from '../../../../src/steps/transform/bind-pipeline';
import { entryAfterReshaping } from '../../../../src/steps/transform/needs-single-partition';
import { transformPartition } from '../../../../src/steps/transform/transform-partition';
import type { TransformFacts } from '../../../../src/steps/transform/transform-partition-types';
import { validateDataset } from '../../../../src/steps/validate/validate-dataset';
import { validationNeeds } from '../../../../src/steps/validate/validation-needs';
import type { ValidateFacts } from '../../../../src/steps/validate/validate-dataset-types';

const RUN_STARTED_AT = '2026-01-02T03:04:05.000Z';

export type Row = Record<string, EngineValue>;

/** What went through the transform of one partition: figures and the rows themselves. */
export interface Transformed {
  readonly facts: TransformFacts;
  readonly good: Row[];
  readonly quarantine: Row[];
  readonly files: {
    readonly good: string;
    readonly contenders: string;
    readonly raw: string;
    readonly reshaped: string;
  };
}

export interface TransformOptions {
  readonly references?: Readonly<Record<string, string>>;
  readonly rejects?: string;
  readonly runStartedAt?: string;
  /** `_sluice_row` of the first row. */
  readonly firstRow?: number;
  /** `_sluice_file` of all rows. */
  readonly file?: number;
  /** What anomaly checks compare with; nothing when absent. */
  readonly history?: Partial<AnomalyHistory>;
  /** Transform step at which the rows go in. */
  readonly entry?: number;
}

/** A pipeline with the steps and checks given and everything else as small as it may be. */
export function pipelineOf(part: {
  transform?: unknown[];
  checks?: unknown[];
  quarantine?: unknown;
  source?: Record<string, unknown>;
}): PipelineConfig {
  return pipelineSchema.parse({
    pipeline: 'orders',
    target: { connection: 'warehouse', table: 'shop.orders', writeDisposition: 'append' },
    ...part,
    source: { connection: 'landing', files: 'orders/*.csv', ...part.source },
  });
}

/** One engine session for a test file, and the steps run in it on rows that are stated as SQL. */
export class StepsBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-steps-'));
  session!: EngineSession;
  private leave: () => void = () => undefined;
  private left: Promise<void> = Promise.resolve();
  private files = 0;

  async open(): Promise<void> {
    const engine = createEngine({
      memoryLimitBytes: 2 ** 29,
      tempLimitBytes: 2 ** 30,
      threads: 2,
      slots: 1,
      tempFolder: this.folder,
    });
    await new Promise<void>((opened, failed) => {
      this.left = engine.use((session) => {
        this.session = session;
        opened();
        return new Promise<void>((resolve) => (this.leave = resolve));
      });
      this.left.catch(failed);
    });
  }

  async close(): Promise<void> {
    this.leave();
    await this.left;
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    this.files += 1;
    return join(this.session.scratchFolder, `${name} ${this.files}.parquet`);
  }

  /** Writes a query as Parquet. */
  async parquet(query: string): Promise<string> {
    const file = this.path('rows');
    await this.session.run(`COPY (${query}) TO ${quoteLiteral(file)} (FORMAT parquet)`);
    return file;
  }

  async read(file: string, order = '_sluice_file, _sluice_row'): Promise<Row[]> {
    return this.session.rows(`SELECT * FROM read_parquet(${quoteLiteral(file)}) ORDER BY ${order}`);
  }

  async columnsOf(query: string): Promise<Column[]> {
    return describeRelation(this.session, query);
  }

  /** Binds a pipeline to the columns of a query. */
  async bind(pipeline: PipelineConfig, query: string): Promise<BoundPipeline> {
    const inputColumns = await this.columnsOf(query);
    return bindPipeline({ pipeline, inputColumns, references: {}, session: this.session });
  }

  /** Runs the rows of a query through a pipeline's transform. */
  async transform(pipeline: PipelineConfig, query: string, options: TransformOptions = {}): Promise<Transformed> {
    const first = options.firstRow ?? 1;
    const raw = await this.parquet(
      `SELECT *, ${options.file ?? 0}::INTEGER AS _sluice_file, row_number() OVER () + ${first - 1} AS _sluice_row FROM (${query})`,
    );
    const files = {
      good: this.path('good'),
      contenders: this.path('contenders'),
      raw,
      reshaped: this.path('reshaped'),
    };
    const quarantineFile = this.path('quarantine');
    const references = await Promise.all(
      Object.entries(options.references ?? {}).map(async ([name, sql]) => ({
        pipeline: name,
        file: await this.parquet(sql),
      })),
    );
    const facts = await transformPartition({
      pipeline,
      input: raw,
      rejects: options.rejects === undefined ? null : await this.parquet(options.rejects),
      inputColumns: await this.columnsOf(query),
      references,
      parameters: {},
      runStartedAt: options.runStartedAt ?? RUN_STARTED_AT,
      session: this.session,
      goodFile: files.good,
      quarantineFile,
      contendersFile: files.contenders,
      reshapedFile: files.reshaped,
      ...(options.entry === undefined ? {} : { entry: options.entry }),
    });
    const quarantine = facts.quarantinedRows > 0 ? await this.read(quarantineFile) : [];
    return { facts, good: await this.read(files.good), quarantine, files };
  }

  /** Runs several partitions through transform and validate; `loaded` are the rows that staging would find, in source order. */
  async dataset(
    pipeline: PipelineConfig,
    queries: readonly string[],
    options: TransformOptions = {},
  ): Promise<{ facts: ValidateFacts; transformed: Transformed[]; exclusions: Row[]; quarantine: Row[] }> {
    const transformed: Transformed[] = [];
    for (const [index, query] of queries.entries()) {
      transformed.push(await this.transform(pipeline, query, { ...options, firstRow: index * 1000 + 1 }));
    }
    const [exclusionsFile, quarantineFile] = [this.path('exclusions'), this.path('quarantine')];
    const needs = validationNeeds(pipeline);
    const facts = await validateDataset({
      pipeline,
      session: this.session,
      columns: transformed[0]?.facts.columns ?? null,
      runStartedAt: options.runStartedAt ?? RUN_STARTED_AT,
      history: { points: {}, timeZone: 'UTC', incomparable: null, ...options.history },
      exclusionsFile,
      quarantineFile,
      rawFile: (partition) => {
        const files = transformed[partition]?.files;
        return Promise.resolve((entryAfterReshaping(pipeline) > 0 ? files?.reshaped : files?.raw) ?? '');
      },
      partitions: transformed.map((one, partition) => ({
        partition,
        goodFile: needs.goodFiles ? one.files.good : null,
        contendersFile: one.facts.contenderRows > 0 ? one.files.contenders : null,
        counts: one.facts.counts,
        checks: one.facts.checks,
        aggregates: one.facts.aggregates,
        reasons: one.facts.reasons,
      })),
    });
    return {
      facts,
      transformed,
      exclusions: facts.excludedRows > 0 ? await this.read(exclusionsFile) : [],
      quarantine: facts.quarantinedRows > 0 ? await this.read(quarantineFile) : [],
    };
  }
}

/** Rows without Sluice's own columns. */
export function userRows(rows: readonly Row[]): Row[] {
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('_sluice_'))));
}

/** Reasons of quarantined rows by row number. */
export function reasonsByRow(rows: readonly Row[]): Record<string, string[]> {
  return Object.fromEntries(
    rows.map((row) => [String(row['_sluice_row']), JSON.parse(String(row['_sluice_reasons'])) as string[]]),
  );
}
