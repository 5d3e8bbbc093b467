import { createOrchestrator, flatten, triggerOf, type Action, type HistoryEvent } from '../support/durable/sdk';
import { programOf } from '../support/durable/scenario';

/** An orchestration as it was recorded: everything that came in, and everything that it did. */
export interface RecordedInstance {
  readonly name: string;
  readonly instanceId: string;
  readonly input: unknown;
  readonly history: readonly (Omit<HistoryEvent, 'Timestamp'> & { readonly Timestamp: string })[];
  readonly actions: readonly (readonly Action[])[];
  readonly output: unknown;
}

/** What an orchestration does, given a history. */
export interface Replayed {
  readonly actions: readonly Action[];
  readonly output: unknown;
}

/** Runs the present code over a recorded history, through the SDK's own handler. */
export async function replay({ name, instanceId, input, history }: RecordedInstance): Promise<Replayed> {
  const orchestrator = programOf({}).orchestrators[name];
  if (orchestrator === undefined) throw new Error(`There is no orchestrator ${name} any more.`);
  const events = history.map((event) => ({ ...event, Timestamp: new Date(event.Timestamp) }) as HistoryEvent);
  const nothing = () => undefined;
  const context = { info: nothing, warn: nothing };
  const state = await createOrchestrator(orchestrator)(triggerOf(instanceId, input, events), context);
  return JSON.parse(JSON.stringify({ actions: flatten(state.actions[0] ?? []), output: state.output ?? null }));
}

/** What differs between two lists of actions: kind, name and input of each, in order. Empty when nothing does. */
export function differences(recorded: readonly Action[], replayed: readonly Action[]): string[] {
  const found: string[] = [];
  for (let index = 0; index < Math.max(recorded.length, replayed.length); index++) {
    const [was, is] = [describe(recorded[index]), describe(replayed[index])];
    if (was !== is) found.push(`action ${index}: recorded ${was}, now ${is}`);
  }
  return found;
}

/** The actions that a recording holds, as the replay gives them. */
export function recordedActions(instance: RecordedInstance): Action[] {
  return flatten(instance.actions[0] ?? []);
}

function describe(action: Action | undefined): string {
  return action === undefined ? 'nothing' : JSON.stringify(sorted(action));
}

/** Members in the order of their names, so that equal values have equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const);
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
