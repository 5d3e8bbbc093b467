import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A resource as the compiler predicts it; expressions that only Azure can resolve stand in `[...]`. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface Snapshot {
  /** `prod` of `prod.bicepparam`, and of `events.prod.bicepparam`. */
  readonly environment: string;
  readonly stage: 'main' | 'events';
  readonly resources: readonly Resource[];
}

const FOLDER = path.resolve(__dirname, '../../../infra/environments');

/** Every committed snapshot; `npm run infra:check` compares them with what the Bicep files say. */
export function readSnapshots(): Snapshot[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.snapshot.json'))
    .map((file) => {
      const words = file.replace('.snapshot.json', '').split('.');
      const { predictedResources } = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as {
        predictedResources: Resource[];
      };
      return {
        environment: words.at(-1) ?? '',
        stage: words.length === 1 ? 'main' : 'events',
        resources: predictedResources,
      };
    });
}

/** The snapshot of one environment's first stage. */
export function mainSnapshot(environment: string): Snapshot {
  const found = readSnapshots().find((each) => each.environment === environment && each.stage === 'main');
  if (found === undefined) throw new Error(`no snapshot of ${environment}`);
  return found;
}

/** The value at a path of keys; undefined where a step is missing. */
export function at(resource: Resource, ...keys: string[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], resource);
}
