import type { OrchestrationContext } from 'durable-functions';
import type { Failure } from '../../model/failure';
import { ACTIVITIES } from '../contracts/names';
import { RUN_CANCELLED } from '../contracts/run-cancelled';
import type { PipelineScope } from '../contracts/scope';
import { callActivity } from './call-activity';
import type { Durable } from './durable';
import { pipelineScope } from './pipeline-scope';

/** For waits: the failure `run-cancelled` when the intent is there. Not being able to tell counts as not there. */
export function* checkCancel(context: OrchestrationContext, input: PipelineScope): Durable<Failure | null> {
  const outcome = yield* callActivity(context, ACTIVITIES.checkCancel, pipelineScope(input));
  return outcome.ok || outcome.failure.code !== RUN_CANCELLED ? null : outcome.failure;
}
