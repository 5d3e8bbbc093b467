import { rm } from 'node:fs/promises';
import type { ReferenceContents } from '../config/reference-files';
import { referencesIn } from '../config/references-in';
import type { PipelineConfig } from '../config/schema/pipeline';
import { formatPath } from '../config/yaml/yaml-path';
import { openReferenceFile } from '../connectors/open-reference-file';
import type { EngineSession } from '../engine/engine-session';
import { quoteIdentifier } from '../engine/quote-identifier';
import { quoteLiteral } from '../engine/quote-literal';
import { SluiceError } from '../errors/sluice-error';
import type { Column } from '../model/column';
import { referenceIdOf } from '../model/reference-file';
import { findColumn } from '../steps/transform/find-column';
import type { FoundProblem } from './check-column-names';

/** What the reference files of a pipeline have, by `file:<path>`, and what is wrong with them. */
export interface CheckedReferenceFiles {
  readonly columns: Readonly<Record<string, readonly Column[]>>;
  readonly problems: readonly FoundProblem[];
}

/** Reads the reference files of a pipeline with the engine: rows, types, and keys that a lookup would find twice. */
export async function checkReferenceFiles(
  pipeline: Pick<PipelineConfig, 'transform' | 'checks'>,
  contents: ReferenceContents,
  session: EngineSession,
): Promise<CheckedReferenceFiles> {
  const columns: Record<string, readonly Column[]> = {};
  const problems: FoundProblem[] = [];
  const files: Record<string, string> = {};
  const done = new Set<string>();
  for (const { path, reference } of referencesIn(pipeline)) {
    if (typeof reference === 'string') continue;
    const id = referenceIdOf(reference);
    const content = Object.hasOwn(contents, reference.file) ? contents[reference.file]?.content : undefined;
    if (content === undefined || done.has(id)) continue;
    done.add(id);
    try {
      const read = await openReferenceFile(reference, content, session);
      columns[id] = read.columns;
      files[id] = read.file;
    } catch (error) {
      if (!(error instanceof SluiceError) || error.class !== 'persistent') throw error;
      problems.push(problemOf([...path, 'file'], error.code, error.message, reference.file, FIX));
    }
  }
  for (const [index, step] of pipeline.transform.entries()) {
    if (!('lookup' in step) || typeof step.lookup.from === 'string') continue;
    const id = referenceIdOf(step.lookup.from);
    const [file, known] = [files[id], columns[id]];
    if (file === undefined || known === undefined) continue;
    const keys = Object.values(step.lookup.match);
    if (keys.length === 0 || keys.some((key) => findColumn(known, key) === undefined)) continue;
    const message = await duplicateKey(step.lookup.from.file, file, keys, session);
    if (message === null) continue;
    const fix = 'Keep one row for each key, or match by more columns.';
    const place = ['transform', index, 'lookup', 'match'];
    problems.push(problemOf(place, 'lookup-keys-not-unique', message, null, fix));
  }
  for (const file of Object.values(files)) await rm(file, { force: true });
  return { columns, problems };
}

const FIX = 'Correct the file, or columns, delimiter and nullTokens here.';

function problemOf(
  path: readonly (string | number)[],
  code: string,
  message: string,
  value: string | null,
  fix: string,
): FoundProblem {
  return { path: formatPath([...path]), code, message, value, fix };
}

/** Says which rows of the file have the same key first; null when none have. A key with a null matches nothing. */
async function duplicateKey(
  name: string,
  file: string,
  columns: readonly string[],
  session: EngineSession,
): Promise<string | null> {
  const keys = columns.map(quoteIdentifier);
  const [found] = await session.rows<{ first: bigint; second: bigint; keys: bigint }>(
    `SELECT first::BIGINT AS first, second::BIGINT AS second, (count(*) OVER ())::BIGINT AS keys FROM (
       SELECT list_sort(list(file_row_number + 1))[1] AS first, list_sort(list(file_row_number + 1))[2] AS second
       FROM read_parquet(${quoteLiteral(file)}, file_row_number = true)
       WHERE ${keys.map((key) => `${key} IS NOT NULL`).join(' AND ')}
       GROUP BY ${keys.join(', ')} HAVING count(*) > 1) ORDER BY second LIMIT 1`,
  );
  if (found === undefined) return null;
  const others = found.keys > 1n ? `, and ${found.keys - 1n} more keys occur more than once` : '';
  return `rows ${found.first} and ${found.second} of '${name}' have the same ${columns.join(', ')}${others}: joining would multiply rows`;
}
