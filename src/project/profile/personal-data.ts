import type { ColumnProfile } from './profile-types';

/** Kinds of personal data that the values themselves show, and the SQL that says whether a text is one. */
export const PERSONAL_PATTERNS: readonly {
  readonly kind: 'email' | 'phone' | 'iban' | 'card';
  readonly regex: string;
}[] = [
  { kind: 'email', regex: '[^@\\s]{1,64}@[^@\\s]+\\.[A-Za-z]{2,24}' },
  { kind: 'iban', regex: '[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,4})?' },
  // In groups of four, or with the beginning and length of the great issuers.
  {
    kind: 'card',
    regex:
      '[3-6][0-9]{3}([ -][0-9]{4}){2,3}([ -][0-9]{1,4})?|4[0-9]{15}|5[1-5][0-9]{14}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}',
  },
  // With a + or a bracket: a plain number may be anything.
  { kind: 'phone', regex: '(\\+|\\()[0-9][0-9 ()/.-]{6,18}[0-9]' },
];

const NAMES =
  /(^|[_\s.-])(first|last|sur|full|given|family|customer|contact|person)[_\s-]?name$|^(birth_?date|date_?of_?birth|ssn|passport)$/i;

/** What kind of personal data a column seems to hold: most of its values look like it, or its name says so. */
export function personalKind(
  name: string,
  values: number,
  matches: Readonly<Record<string, number>>,
): ColumnProfile['personal'] {
  for (const { kind } of PERSONAL_PATTERNS) if (values > 0 && (matches[kind] ?? 0) / values > 0.8) return kind;
  return NAMES.test(name) ? 'name' : null;
}

/** A value as it may be shown: its first character, and how long it is. */
export function hidden(value: string): string {
  const characters = [...value];
  return `${characters[0] ?? ''}${'*'.repeat(Math.max(0, characters.length - 1))}`;
}
