import type { CsvDialect } from './csv-scanner';

/** The fields of one record: for headers and for records that must be written anew; rows in bulk are the engine's work. */
export function parseCsvRecord(
  record: string,
  { delimiter, quote }: Pick<CsvDialect, 'delimiter' | 'quote'>,
): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let end: number;
    if (record[at] === quote) {
      end = at + 1;
      while (end < record.length && (record[end] !== quote || record[end + 1] === quote)) {
        end += record[end] === quote ? 2 : 1;
      }
      fields.push(record.slice(at + 1, end).replaceAll(quote + quote, quote));
      end += 1;
    } else {
      end = record.indexOf(delimiter, at);
      if (end < 0) end = record.length;
      fields.push(record.slice(at, end));
    }
    if (end >= record.length) return fields;
    at = end + 1;
  }
}

/** The same record with every field that is not empty in quotes, so that all readers agree about quotes inside it. */
export function quoteCsvRecord(record: Buffer, dialect: Pick<CsvDialect, 'delimiter' | 'quote'>): Buffer {
  const { delimiter, quote } = dialect;
  const fields = parseCsvRecord(record.toString('utf8'), dialect);
  const quoted = fields.map((field) => (field === '' ? '' : quote + field.replaceAll(quote, quote + quote) + quote));
  return Buffer.from(quoted.join(delimiter));
}
