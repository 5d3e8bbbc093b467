/** `@name@key` with the name in lower case: entity names do not care about case, keys do. */
export function entityId(text: string): string {
  return text.replace(/^@[^@]*/, (name) => name.toLowerCase());
}

/** Name and key of an entity id; undefined where the text is none. */
export function parseEntityId(id: string): { name: string; key: string } | undefined {
  const [, name, key] = /^@([^@]+)@(.*)$/s.exec(id) ?? [];
  return name === undefined || key === undefined ? undefined : { name, key };
}
