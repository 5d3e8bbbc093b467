import { quoteIdentifier } from '../../engine/quote-identifier';

/** The name under which the SQL of a pipeline finds another pipeline's published data. */
export function referenceName(pipeline: string): string {
  return quoteIdentifier(`reference ${pipeline}`);
}
