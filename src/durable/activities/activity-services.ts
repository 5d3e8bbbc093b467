import type { Project } from '../../config/project';
import type { Engine } from '../../engine/engine-session';
import type { Logger } from '../../observability/logger';
import type { Meters } from '../../observability/metrics/meters';
import type { Tracing } from '../../observability/tracing/tracing';
import type { ReferenceCache } from '../../state/reference-cache';
import type { Stores } from '../../state/stores';
import type { Source } from '../../steps/extract/source';
import type { ApprovalRequest } from '../../model/approval';
import type { SecretExpiry } from '../../model/secret-expiry';
import type { Prices } from '../../model/prices';
import type { Release } from '../../model/release';
import type { Target } from '../../steps/load/target';
import type { Alerting } from './alerts/alerting';
import type { ReviewClient } from './review/review-client';

/** What activities are given: everything that touches the world, behind interfaces. Made once per worker process. */
export interface ActivityServices {
  readonly engine: Engine;
  readonly stores: Stores;
  readonly references: ReferenceCache;
  /** Opens a connection of the run's own (pinned) project; secrets are resolved here and go no further. */
  openSource(project: Project, connection: string): Promise<Source>;
  openTarget(project: Project, connection: string): Promise<Target>;
  /** The value of `${secret:name}`, for the salts of mask steps. Throws `SecretNotFoundError`. */
  secret(name: string): Promise<string>;
  /** Starts the run that loads a release; starting it again with the same attempt gives the same run. */
  startRelease(
    client: ReviewClient,
    release: Release,
    options: { readonly by: string; readonly attempt: number },
  ): Promise<{ readonly runId: string }>;
  /** Does what was approved, once however often it is asked for; gives what was started. Throws what keeps it from being done. */
  carryOut(client: ReviewClient, approval: ApprovalRequest, approver: string): Promise<Record<string, string | number>>;
  /** The project as it is now, for housekeeping; null when its files have errors. */
  currentProject(): Project | null;
  /** What of the project as it is now can be read, for monitoring: a file with errors costs no other its watch. */
  watched(): Pick<Project, 'pipelines' | 'connections'>;
  /** When the secrets end that the project and alerts.yaml name. */
  secretExpiries(): Promise<readonly SecretExpiry[]>;
  /** Telling people of alerts. */
  readonly alerting: Alerting;
  /** What the instance that runs this has used, and may use. */
  resources(): Promise<Resources>;
  /** Name of the environment. */
  readonly environment: string;
  /** What things cost now. */
  prices(): Prices;
  /** Memory of the instance, for which it is billed. */
  readonly instanceMemoryMb: number;
  /** ISO 8601, UTC. */
  now(): string;
  readonly log: Logger;
  readonly meters: Meters;
  readonly tracing: Tracing;
}

/** Bytes. */
export interface Resources {
  readonly memory: { readonly used: number; readonly limit: number };
  readonly tempDisk: { readonly used: number; readonly limit: number };
}
