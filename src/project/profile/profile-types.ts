import type { ColumnType } from '../../model/column';

/** How texts have to be cast to what they stand for; keys of a `cast` step. */
export interface Reading {
  readonly type: ColumnType;
  readonly formats?: readonly string[];
  readonly decimalMark?: ',';
  readonly thousandsMark?: ',' | '.' | "'" | ' ';
  readonly strip?: readonly string[];
}

/** A value and in how many rows it stands. */
export interface ValueCount {
  readonly value: string;
  readonly rows: number;
}

/** What a column of a source holds, in the rows that were looked at. */
export interface ColumnProfile {
  readonly name: string;
  /** As the source gives it; `string` in text formats. */
  readonly sourceType: ColumnType;
  /** What its values stand for. */
  readonly reading: Reading;
  /** Whether all of its dates can be read day first, and month first too. */
  readonly ambiguous: boolean;
  /** Rows whose value is none of the reading: a strict cast would quarantine them. */
  readonly misfits: number;
  /** Rows without a value, those with a token for none included. */
  readonly nulls: number;
  /** Texts that stand for no value, as they are written. */
  readonly nullTokens: readonly string[];
  /** Rows whose text has spaces around it, or several in a row. */
  readonly spaced: number;
  readonly distinct: number;
  /** Texts of the least and greatest value; null where there is none. */
  readonly min: string | null;
  readonly max: string | null;
  /** Of numbers; null for others. */
  readonly mean: number | null;
  /** 5, 25, 50, 75 and 95 %; of numbers, empty for others. */
  readonly quantiles: readonly number[];
  /** Characters of the shortest and the longest text. */
  readonly length: { readonly min: number; readonly max: number };
  /** The commonest values, at most twelve. */
  readonly top: readonly ValueCount[];
  /** The commonest shapes of texts, at most five: A stands for a capital, a for a small letter, 9 for a digit. */
  readonly patterns: readonly ValueCount[];
  /** What kind of personal data the column seems to hold; its values are then shown masked. */
  readonly personal: 'email' | 'phone' | 'iban' | 'card' | 'name' | null;
}

/** A source as it is. */
export interface SourceProfile {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Whether the source has no more. */
  readonly complete: boolean;
  /** Rows among them that could not be parsed. */
  readonly malformed: number;
  readonly columns: readonly ColumnProfile[];
  /** Columns that tell rows apart, alone; the likeliest key first. */
  readonly keys: readonly string[];
}
