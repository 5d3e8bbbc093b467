import type { OrchestrationContext } from 'durable-functions';
import type { IngestionResult, StageOfRoadInput } from '../contracts/orchestrations';
import type { Outcome } from '../contracts/outcome';
import type { Durable } from './durable';
import { fanOut } from './fan-out';

/** Brings the slice in: every partition as a raw artifact. Input: `StageOfRoadInput`. */
export function* ingestionOrchestrator(context: OrchestrationContext): Durable<Outcome<IngestionResult>> {
  const input = context.df.getInput<StageOfRoadInput>();
  const extracted = yield* fanOut(context, input, { step: 'extract', before: [], exclusions: null, round: 0 });
  if (!extracted.ok) return extracted;
  return { ok: true, value: { windows: extracted.value.windows, steps: [extracted.value.timing] } };
}
