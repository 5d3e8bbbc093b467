import type { FunctionApp, LoadedFunction } from '../worker/function-app';

/** The durable functions of an app by name; case does not matter. */
export class AppFunctions {
  readonly orchestrators: ReadonlyMap<string, LoadedFunction>;
  readonly activities: ReadonlyMap<string, LoadedFunction>;
  readonly entities: ReadonlyMap<string, LoadedFunction>;

  constructor(app: Pick<FunctionApp, 'functions'>) {
    this.orchestrators = byName(app, 'orchestrationtrigger');
    this.activities = byName(app, 'activitytrigger');
    this.entities = byName(app, 'entitytrigger');
  }
}

function byName({ functions }: Pick<FunctionApp, 'functions'>, type: string): Map<string, LoadedFunction> {
  const chosen = functions.filter(({ trigger }) => trigger.type.toLowerCase() === type);
  return new Map(chosen.map((fn) => [fn.name.toLowerCase(), fn]));
}
