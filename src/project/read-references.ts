import type { ReferenceContents } from '../config/reference-files';
import type { PipelineConfig } from '../config/schema/pipeline';
import { openReferenceFile, type ReferenceParquet } from '../connectors/open-reference-file';
import type { EngineSession } from '../engine/engine-session';
import { referencesOf } from '../steps/transform/references-of';

/**
 * The reference files that a pipeline reads, as Parquet files in the session's scratch folder, by `file:<path>`; files without
 * content are left out. Throws `ReferenceFileInvalidError`.
 */
export async function readReferences(
  pipeline: Pick<PipelineConfig, 'transform' | 'checks'>,
  contents: ReferenceContents,
  session: EngineSession,
): Promise<Record<string, ReferenceParquet>> {
  const read: Record<string, ReferenceParquet> = {};
  for (const { pipeline: id, file } of referencesOf(pipeline)) {
    if (file === undefined || !Object.hasOwn(contents, file.file)) continue;
    const content = contents[file.file]?.content;
    if (content !== undefined) read[id] = await openReferenceFile(file, content, session);
  }
  return read;
}
