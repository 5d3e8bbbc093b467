import type { ReferenceContents } from '../../config/reference-files';
import { pipeline as pipelineSchema } from '../../config/schema/pipeline';
import type { StoredDefinition } from '../../config/with-definitions';
import { formatPath } from '../../config/yaml/yaml-path';
import { DefinitionNotUsableError } from '../../errors/definition-not-usable-error';
import type { DefinitionVersion } from '../../model/definition-version';
import type { Stores } from '../../state/stores';

/**
 * A kept version with all that it needs. Versions that an older program wrote are read by the schema of today.
 * @throws {DefinitionNotUsableError} where that refuses it.
 */
export async function readStoredDefinition(
  { artifacts }: Pick<Stores, 'artifacts'>,
  version: DefinitionVersion,
): Promise<StoredDefinition> {
  const { pipeline, hash, definition, files } = version;
  const parsed = pipelineSchema.safeParse(await artifacts.getJson(definition));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({
      path: formatPath(path.map((part) => (typeof part === 'symbol' ? String(part) : part))),
      message,
    }));
    throw new DefinitionNotUsableError(pipeline, hash, problems);
  }
  const contents: Record<string, ReferenceContents[string]> = {};
  for (const [file, ref] of Object.entries(files)) {
    contents[file] = { content: await artifacts.getBytes(ref), sha256: ref.sha256 };
  }
  return { definition: parsed.data, label: `${pipeline}, version ${hash.slice(0, 12)}`, referenceFiles: contents };
}
