import type { z } from 'zod';
import type { alertInDetail, alertsList } from '../../triggers/http/openapi/schemas/alerts';
import type { batchesList, batchInDetail, rowsPage } from '../../triggers/http/openapi/schemas/quarantine';
import type { costsAnswer, findingsAnswer, runCostAnswer } from '../../triggers/http/openapi/schemas/cost';
import type { breakersList, connectionTest } from '../../triggers/http/openapi/schemas/connections';
import type {
  checksOfPipeline,
  pipelinesList,
  pipelineWithDefinition,
  schemasOfPipeline,
} from '../../triggers/http/openapi/schemas/pipelines';
import type { problem } from '../../triggers/http/openapi/schemas/common';
import type { runInDetail, runsPage, started } from '../../triggers/http/openapi/schemas/runs';
import type { slaOfPipeline, slasList } from '../../triggers/http/openapi/schemas/slas';
import type { approvalInDetail, approvalsList, versionsList } from '../../triggers/http/openapi/schemas/versions';
import type { caller, runbookPage } from '../../triggers/http/openapi/schemas/service';

/** What the API answers: the schemas that describe it, as types. */
export type Caller = z.infer<typeof caller>;
export type Problem = z.infer<typeof problem>;
export type RunsPage = z.infer<typeof runsPage>;
export type Run = RunsPage['runs'][number];
export type RunInDetail = z.infer<typeof runInDetail>;
export type PipelineRun = Run['pipelines'][number];
export type Step = PipelineRun['steps'][number];
export type Counts = Run['counts'];
export type Failure = NonNullable<Run['failure']>;
export type Status = Run['status'];
export type Started = z.infer<typeof started>;
export type PipelinesList = z.infer<typeof pipelinesList>;
export type Pipeline = PipelinesList['pipelines'][number];
export type PipelineDefinition = z.infer<typeof pipelineWithDefinition>;
export type PipelineChecks = z.infer<typeof checksOfPipeline>;
export type Trend = PipelineChecks['trends'][number];
export type PipelineSchemas = z.infer<typeof schemasOfPipeline>;
export type BreakersList = z.infer<typeof breakersList>;
export type Breaker = BreakersList['breakers'][number];
export type ConnectionTest = z.infer<typeof connectionTest>;
export type BatchesList = z.infer<typeof batchesList>;
export type Batch = BatchesList['batches'][number];
export type BatchInDetail = z.infer<typeof batchInDetail>;
export type RowsPage = z.infer<typeof rowsPage>;
export type QuarantinedRow = RowsPage['rows'][number];
export type SlasList = z.infer<typeof slasList>;
export type Sla = SlasList['slas'][number];
export type SlaHistory = z.infer<typeof slaOfPipeline>;
export type AlertsPage = z.infer<typeof alertsList>;
export type Alert = AlertsPage['alerts'][number];
export type AlertInDetail = z.infer<typeof alertInDetail>;
export type Costs = z.infer<typeof costsAnswer>;
export type CostGroup = Costs['groups'][number];
export type CostFindings = z.infer<typeof findingsAnswer>;
export type RunCost = z.infer<typeof runCostAnswer>;
export type ApprovalsList = z.infer<typeof approvalsList>;
export type Approval = ApprovalsList['approvals'][number];
export type ApprovalInDetail = z.infer<typeof approvalInDetail>;
export type VersionsList = z.infer<typeof versionsList>;
export type Version = VersionsList['versions'][number];
export type RunbookPage = z.infer<typeof runbookPage>;
