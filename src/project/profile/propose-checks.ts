import type { ColumnProfile, SourceProfile } from './profile-types';

interface Named {
  readonly column: ColumnProfile;
  /** Its name after the transform. */
  readonly name: string;
}

/** A list of values is one when each stands so often. */
const OFTEN = 20;
const FEW = 12;
/** Rows that a shape needs before it is a rule. */
const SHAPE_ROWS = 50;

/**
 * Checks that the profiled rows pass. What only these rows suggest, such as a greatest value, warns; that a key is unique and there
 * quarantines.
 */
export function proposeChecks(profile: SourceProfile, columns: readonly Named[]): object[] {
  const complete = columns.filter(({ column }) => column.nulls === 0 && column.misfits === 0 && profile.rows > 0);
  const key = columns.find(({ column }) => column.name === profile.keys[0]);
  const open = columns.filter(({ column }) => column.personal === null);
  return [
    ...(complete.length > 0 ? [{ notNull: complete.map(({ name }) => name) }] : []),
    ...(key?.column.personal === null ? [{ unique: [key.name] }] : []),
    ...open.flatMap(({ column, name }) => valuesCheck(column, name)),
    ...open.flatMap(({ column, name }) => rangeCheck(column, name)),
    ...open.flatMap(({ column, name }) => patternCheck(column, name)),
  ];
}

function valuesCheck(column: ColumnProfile, name: string): object[] {
  const { top, distinct, reading } = column;
  if (reading.type !== 'string' || distinct < 1 || distinct > FEW || top.length !== distinct) return [];
  const rows = top.reduce((sum, one) => sum + one.rows, 0);
  if (rows < distinct * OFTEN) return [];
  const values = [...new Set(top.map(({ value }) => (column.spaced > 0 ? value.replace(/\s+/g, ' ') : value)))].sort();
  return [{ acceptedValues: { column: name, values, onFailure: 'warn' } }];
}

function rangeCheck({ reading, min, max }: ColumnProfile, name: string): object[] {
  if (min === null || max === null) return [];
  if (reading.type === 'date') return [{ range: { column: name, min: `${min.slice(0, 4)}-01-01`, onFailure: 'warn' } }];
  if (!/^(integer|bigint|double|decimal)/.test(reading.type)) return [];
  const [least, most] = [Number(min), Number(max)];
  if (!Number.isFinite(least) || !Number.isFinite(most) || Math.abs(most) > 1e15 || Math.abs(least) > 1e15) return [];
  const room = (most - least) * 0.5;
  const low = least >= 0 ? 0 : -roundUp(-least + room);
  return [{ range: { column: name, min: low, max: roundUp(most + room), onFailure: 'warn' } }];
}

/** The next number with two digits that count, away from 0. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(value / unit) * unit).toPrecision(3));
}

function patternCheck({ patterns, reading, distinct }: ColumnProfile, name: string): object[] {
  const [shape, other] = patterns;
  if (reading.type !== 'string' || shape === undefined || other !== undefined) return [];
  if (shape.rows < SHAPE_ROWS || distinct <= FEW || shape.value.length > 30 || !/[A9]/.test(shape.value)) return [];
  return [{ pattern: { column: name, regex: regexOf(shape.value), onFailure: 'warn' } }];
}

/** `AA-9999` as `\p{Lu}{2}-[0-9]{4}`. */
function regexOf(shape: string): string {
  const classes: Readonly<Record<string, string>> = { A: '\\p{Lu}', a: '\\p{Ll}', '9': '[0-9]' };
  return [...shape.matchAll(/(.)\1*/gsu)]
    .map(([run, first = '']) => {
      const one = classes[first] ?? first.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
      const times = [...run].length;
      return times === 1 ? one : `${one}{${times}}`;
    })
    .join('');
}
