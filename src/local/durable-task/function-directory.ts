import type { FunctionApp, LoadedFunction } from '../worker/function-app';

/** The durable functions of an app by kind and name; the case of names does not matter. */
export interface FunctionDirectory {
  find(kind: DurableKind, name: string): LoadedFunction | undefined;
  /** Names as the app wrote them. */
  names(kind: DurableKind): readonly string[];
}

/** Kinds of durable functions. */
export type DurableKind = 'activity' | 'orchestrator' | 'entity';

const TRIGGERS: Readonly<Record<DurableKind, string>> = {
  activity: 'activitytrigger',
  orchestrator: 'orchestrationtrigger',
  entity: 'entitytrigger',
};

/** Sorts out the durable functions of an app. */
export function functionDirectory(app: FunctionApp): FunctionDirectory {
  const of = (kind: DurableKind): Map<string, LoadedFunction> =>
    new Map(
      app.functions
        .filter(({ trigger }) => trigger.type.toLowerCase() === TRIGGERS[kind])
        .map((fn) => [fn.name.toLowerCase(), fn]),
    );
  const all = { activity: of('activity'), orchestrator: of('orchestrator'), entity: of('entity') };
  return {
    find: (kind, name) => all[kind].get(name.toLowerCase()),
    names: (kind) => [...all[kind].values()].map(({ name }) => name),
  };
}
