import { quoteIdentifier } from '../../engine/quote-identifier';

/** The name under which the SQL of a pipeline finds what it reads: see `referenceIdOf`. */
export function referenceName(reference: string): string {
  return quoteIdentifier(`reference ${reference}`);
}
