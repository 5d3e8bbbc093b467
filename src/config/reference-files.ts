import type { Problem, Project } from './project';
import { readReferenceFile, type ReferenceContent, type ReferenceFault } from './read-reference-file';
import { referencesIn } from './references-in';
import type { PipelineConfig } from './schema/pipeline';
import type { Place } from './yaml/located';
import { formatPath, type YamlPath } from './yaml/yaml-path';

/** The reference files of a project, by path below its folder. */
export type ReferenceContents = Readonly<Record<string, ReferenceContent>>;

type Locate = (pipeline: string, path: YamlPath) => Place & { readonly value: string | null };

/**
 * Reads every file that a lookup or relationships check of the project names, each once, and says what is wrong with them
 * where they are named.
 */
export function readReferenceFiles(
  folder: string,
  project: Project,
  locate: Locate,
): { readonly contents: ReferenceContents; readonly problems: readonly Problem[] } {
  const read = new Map<string, ReferenceContent | ReferenceFault>();
  const problems: Problem[] = [];
  for (const [name, pipeline] of Object.entries(project.pipelines)) {
    const ways = new Map<string, string>();
    for (const { path, reference } of referencesIn(pipeline)) {
      if (typeof reference === 'string') continue;
      const report = (key: string, { code, message, fix }: ReferenceFault): void => {
        const place = [...path, key];
        problems.push({ ...locate(name, place), path: formatPath(place), code, message, fix, severity: 'error' });
      };
      const { file, ...options } = reference;
      const found = read.get(file) ?? readReferenceFile(folder, file);
      read.set(file, found);
      if ('code' in found) report('file', found);
      for (const key of ['delimiter', 'nullTokens'] as const) {
        if (options[key] === undefined || file.endsWith('.csv')) continue;
        report(key, {
          code: 'reference-file-option',
          message: `${key} is for csv files, and '${file}' is none`,
          fix: `Take ${key} away.`,
        });
      }
      const way = JSON.stringify(options);
      if ((ways.get(file) ?? way) !== way) {
        report('file', {
          code: 'reference-file-differs',
          message: `this pipeline reads '${file}' in two ways`,
          fix: 'Write columns, delimiter and nullTokens the same wherever the pipeline names the file.',
        });
      }
      ways.set(file, ways.get(file) ?? way);
    }
  }
  const contents = [...read].flatMap(([file, found]) => ('content' in found ? [[file, found] as const] : []));
  return { contents: Object.fromEntries(contents), problems };
}

/** SHA-256 of each of the reference files that a pipeline reads, by path, sorted; files that could not be read are left out. */
export function referenceHashes(
  pipeline: Pick<PipelineConfig, 'transform' | 'checks'>,
  contents: ReferenceContents,
): Readonly<Record<string, string>> {
  const files = new Set(
    referencesIn(pipeline).flatMap(({ reference }) => (typeof reference === 'string' ? [] : [reference.file])),
  );
  return Object.fromEntries(
    [...files]
      .toSorted((a, b) => (a < b ? -1 : 1))
      .flatMap((file) => {
        const found = Object.hasOwn(contents, file) ? contents[file] : undefined;
        return found === undefined ? [] : [[file, found.sha256] as const];
      }),
  );
}
