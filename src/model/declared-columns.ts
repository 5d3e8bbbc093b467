/** A column as `source.columns` declares it: its type, or a map with its tags. */
export type DeclaredColumn = string | { readonly type: string; readonly tags: readonly string[] };

/** The declared columns with their types as written, in the order written. */
export function declaredColumns(source: {
  readonly columns?: Readonly<Record<string, DeclaredColumn>> | undefined;
}): readonly { readonly name: string; readonly type: string; readonly tags: readonly string[] }[] {
  return Object.entries(source.columns ?? {}).map(([name, declared]) =>
    typeof declared === 'string' ? { name, type: declared, tags: [] } : { name, ...declared },
  );
}
