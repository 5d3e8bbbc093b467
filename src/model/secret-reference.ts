/** `${secret:name}` or `${certificate:name}`: what stands in files in place of a secret. */
export interface SecretReference {
  readonly kind: 'secret' | 'certificate';
  /** As Key Vault takes names: at most 127 letters, digits and hyphens; ours are lower case. */
  readonly name: string;
}

/** The reference that a text is, and nothing besides it; null for any other text. */
export function secretReferenceOf(text: string): SecretReference | null {
  const [, kind, name] = /^\$\{(secret|certificate):([a-z0-9-]{1,127})\}$/.exec(text) ?? [];
  return name === undefined ? null : { kind: kind === 'certificate' ? 'certificate' : 'secret', name };
}

/** The references that a value such as a connection holds, at any depth. */
export function secretReferencesIn(value: unknown): SecretReference[] {
  if (typeof value === 'string') {
    const reference = secretReferenceOf(value);
    return reference === null ? [] : [reference];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretReferencesIn);
}
