/** A row of an example, or of what came out: values as the YAML writes them. */
export type ExampleRow = Readonly<Record<string, string | number | boolean | null>>;

/** One place where what came out is not what the example says. */
export interface UnitTestDifference {
  readonly where: 'expected' | 'quarantined';
  /** One-based position in the example's list. */
  readonly row: number;
  /** What the example says; null for a row that it does not know. */
  readonly expected: ExampleRow | null;
  /** What came out, as far as the example speaks of it; null for a row that did not come out. */
  readonly actual: ExampleRow | null;
  /** The columns that differ; empty for a whole row. */
  readonly columns: readonly string[];
}

/** The outcome of one example in a pipeline's `unitTests`. */
export interface UnitTestResult {
  /** The example's name, or `unitTests[2]`. */
  readonly name: string;
  /** Where it stands in the YAML: `unitTests[2]`. */
  readonly path: string;
  readonly passed: boolean;
  readonly differences: readonly UnitTestDifference[];
  /** Why the rows could not be run at all; null when they could. */
  readonly error: string | null;
}
