import { pipeline as pipelineSchema } from '../../config/schema/pipeline';
import { formatPath } from '../../config/yaml/yaml-path';
import type { DefinitionVersion } from '../../model/definition-version';
import { differencesOf } from '../../model/differences';
import type { Stores } from '../../state/stores';

/** More differences than these are counted only. */
const MOST_SHOWN = 200;

/** What differs between two kept versions of a pipeline; of the first one, everything is new. */
export interface VersionChanges {
  readonly count: number;
  /** At most 200. */
  readonly differences: readonly {
    readonly path: string;
    readonly change: 'added' | 'removed' | 'changed';
    readonly before?: unknown;
    readonly after?: unknown;
  }[];
}

/** A kept definition as people look at it: with defaults, and the hashes of its reference files. Secrets are names in it. */
export async function keptDefinition(
  { artifacts }: Pick<Stores, 'artifacts'>,
  { definition, files }: DefinitionVersion,
): Promise<object> {
  const kept = await artifacts.getJson<object>(definition);
  // One that an older program kept is shown with the defaults of today, so that only what was written differs.
  const parsed = pipelineSchema.safeParse(kept);
  const said: object = parsed.success ? parsed.data : kept;
  const hashes = Object.fromEntries(Object.entries(files).map(([file, { sha256 }]) => [file, sha256]));
  return Object.keys(hashes).length > 0 ? { ...said, referenceFiles: hashes } : said;
}

/** What a version says otherwise than another one; null: than nothing. */
export async function versionChanges(
  stores: Pick<Stores, 'artifacts'>,
  before: DefinitionVersion | null,
  after: DefinitionVersion,
): Promise<VersionChanges> {
  const differences = differencesOf(
    before === null ? {} : await keptDefinition(stores, before),
    await keptDefinition(stores, after),
  );
  const shown = differences.slice(0, MOST_SHOWN).map((one) => ({ ...one, path: formatPath(one.path) }));
  return { count: differences.length, differences: shown };
}
