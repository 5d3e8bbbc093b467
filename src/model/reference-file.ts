/** A file in the pipelines folder that lookups and relationships may read, as the YAML names it. */
export interface ReferenceFile {
  /** Path below the pipelines folder, with forward slashes: `reference/countries.csv`. */
  readonly file: string;
  /** Types of columns, by name; in text formats the others are texts. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /** Of a csv file; a comma when absent. */
  readonly delimiter?: string | undefined;
  /** Texts of a csv file that mean null, besides the empty field. */
  readonly nullTokens?: readonly string[] | undefined;
}

/**
 * The name by which a lookup or relationships check knows what it reads: that of a pipeline, or `file:<path>`. No pipeline's
 * name holds a colon.
 */
export function referenceIdOf(reference: string | ReferenceFile): string {
  return typeof reference === 'string' ? reference : `file:${reference.file}`;
}
