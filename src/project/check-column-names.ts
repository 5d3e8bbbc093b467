import { didYouMean } from '../model/closest';
import type { PipelineConfig } from '../config/schema/pipeline';
import type { Column } from '../model/column';

/** A problem of a pipeline before it is placed in a file. */
export interface FoundProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly value: string | null;
  readonly fix: string;
}

/**
 * Columns that the target, its verification and the unit tests name, against those that there are. `made` are the columns after each step
 * that makes rows anew: rows are quarantined as they came, or as such a step made them.
 */
export function checkColumnNames(
  pipeline: PipelineConfig,
  input: readonly Column[] | null,
  output: readonly Column[] | null,
  made: readonly (readonly Column[])[] = [],
): FoundProblem[] {
  const quarantinable = input === null ? null : [input, ...made].flat();
  const found: FoundProblem[] = [];
  const check = (path: string, name: string, columns: readonly Column[] | null): void => {
    if (columns === null || columns.some((column) => column.name === name)) return;
    const names = columns.map((column) => column.name);
    const fix = didYouMean(name, names, 'columns');
    found.push({ path, code: 'unknown-column', message: `there is no column '${name}' here`, value: name, fix });
  };
  pipeline.target.key?.forEach((name, index) => check(`target.key[${index}]`, name, output));
  pipeline.verify.forEach((rule, index) => {
    if (!('checksum' in rule) || rule.checksum === '*') return;
    rule.checksum.forEach((name, at) => check(`verify[${index}].checksum[${at}]`, name, output));
  });
  pipeline.unitTests.forEach(({ given, expected, quarantined }, index) => {
    given.forEach((row, at) => {
      for (const name of Object.keys(row)) check(`unitTests[${index}].given[${at}].${name}`, name, input);
    });
    quarantined?.forEach((row, at) => {
      const names = Object.keys(row).filter((name) => name !== 'reason');
      for (const name of names) check(`unitTests[${index}].quarantined[${at}].${name}`, name, quarantinable);
    });
    expected?.forEach((row, at) => {
      for (const name of Object.keys(row)) check(`unitTests[${index}].expected[${at}].${name}`, name, output);
    });
  });
  return found;
}
