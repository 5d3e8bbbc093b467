import type { Levels } from '../config/project';
import type { Column } from '../model/column';
import type { Reviewed } from '../model/reviewed';
import type { FileVersion } from '../model/slice';
import type { ReferenceOf } from '../steps/transform/references-of';

/** What needs a service: its answer, or why it could not be asked and what to do about it. */
export type Answer<T> =
  | { readonly reached: true; readonly answer: T }
  | { readonly reached: false; readonly reason: string; readonly nextAction: string };

/** What a run of one pipeline would do. JSON-safe: `sluice plan --json` prints it. */
export interface PipelinePreview {
  readonly pipeline: string;
  readonly description: string | null;
  readonly environment: string;
  readonly dag: {
    /** Levels in which the master reaches the pipeline; the last holds it alone. */
    readonly levels: Levels;
    readonly dependsOn: readonly string[];
    /** Pipelines that depend on this one. */
    readonly neededBy: readonly string[];
  };
  readonly source: {
    readonly connection: string;
    readonly files: string;
    /** Columns before the first step; null when neither the source nor the file says. */
    readonly columns: readonly Column[] | null;
    readonly slice: Answer<SlicePreview>;
  };
  readonly transform: {
    /** Steps and checks as DuckDB SQL, each reading the one before; empty when columns are not known. */
    readonly sql: readonly string[];
    /** What else the pipeline reads. */
    readonly references: readonly ReferenceOf[];
  };
  readonly target: {
    readonly connection: string;
    readonly table: string;
    readonly writeDisposition: string;
    /** What the pipeline delivers; null when columns are not known. */
    readonly columns: readonly Column[] | null;
    /** Statements of staging and publishing; null when columns are not known. */
    readonly statements: readonly string[] | null;
    readonly current: Answer<TablePreview>;
  };
}

/** What the next run would take. */
export interface SlicePreview {
  readonly outcome: 'planned' | 'up-to-date';
  /** Why there is nothing to do. */
  readonly reason: string | null;
  readonly notes: readonly string[];
  readonly files: readonly FileVersion[];
  /** What of it a plan pins: see `reviewedSlice`. */
  readonly reviewed: Reviewed | null;
  readonly partitions: readonly {
    readonly index: number;
    readonly label: string;
    readonly estimatedRows: number | null;
    readonly estimatedBytes: number | null;
  }[];
}

/** The target table as it is. */
export interface TablePreview {
  /** User columns; null when the table does not exist and would be created. */
  readonly columns: readonly Column[] | null;
  /** Why the columns do not fit, in one sentence; null when they do. */
  readonly mismatch: string | null;
}
