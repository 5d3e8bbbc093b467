import type { BlobRef } from '../model/artifact';
import type { BackfillSlice } from '../model/backfill';
import type { Release } from '../model/release';
import type { ReviewedWorld } from '../model/reviewed';
import type { Connection } from './schema/connection';
import type { PipelineConfig } from './schema/pipeline';

/** A whole `pipelines/` folder, resolved for one environment: defaults filled in, overlays applied, secrets unresolved. */
export interface Project {
  readonly environment: string;
  readonly connections: Readonly<Record<string, Connection>>;
  readonly pipelines: Readonly<Record<string, PipelineConfig>>;
}

/** The pipelines of a run in levels: each level depends on earlier ones only, and may run in parallel. */
export type Levels = readonly (readonly string[])[];

/** What a master run does: immutable, hashed, stored as a blob before the run starts. Secrets stay unresolved in it. */
export interface RunPlan {
  readonly environment: string;
  readonly project: Project;
  readonly levels: Levels;
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
  readonly maxParallel: number;
  /** SHA-256 of each pipeline's resolved definition, by name. */
  readonly definitionHashes: Readonly<Record<string, string>>;
  /** What the reference files of its pipelines held when it was started, by path; absent where they read none. */
  readonly referenceFiles?: Readonly<Record<string, BlobRef>>;
  /** The same of pipelines whose definition is not the deployed one: what their own files held, by pipeline. */
  readonly ownReferenceFiles?: Readonly<Record<string, Readonly<Record<string, BlobRef>>>>;
  /** The version of each pipeline's definition that the run uses: see `versionHash`. Absent in older plans. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Set for a run that applies a reviewed plan: what it must find as it was. */
  readonly reviewed?: ReviewedWorld;
  /** Set for a run that loads rows released from quarantine; its only pipeline is the release's. */
  readonly release?: Release;
  /** Set for a run that was started although its pipelines are paused. */
  readonly evenPaused?: boolean;
  /** Set for a run that takes a window of its only pipeline's source again. */
  readonly backfill?: BackfillSlice;
}

/** A problem found in the project's files before anything runs. */
export interface Problem {
  readonly file: string;
  /** One-based. */
  readonly line: number;
  readonly column: number;
  /** Path in the YAML, e.g. `transform[2].derive.delayed`. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** The offending value as written; never a resolved secret or environment value. */
  readonly value: string | null;
  readonly fix: string;
  readonly severity: 'error' | 'warning';
}
