/**
 * JSON over several properties of a table entity. A text property holds at most 64 KB in UTF-16, so 32,768 characters, an
 * entity 1 MB in all: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 */
const CHUNK = 32_000;
/** About 768 KB, which leaves room for the other properties. */
export const MOST_CHUNKS = 12;

/** Splits a value into `<name>0`, `<name>1`, ... Null when it is too large for one entity. */
export function packJson(name: string, value: unknown): Record<string, string | number> | null {
  const text = JSON.stringify(value);
  const chunks = Math.max(1, Math.ceil(text.length / CHUNK));
  if (chunks > MOST_CHUNKS) return null;
  const packed: Record<string, string | number> = { [`${name}Chunks`]: chunks };
  for (let index = 0; index < chunks; index += 1)
    packed[`${name}${index}`] = text.slice(index * CHUNK, (index + 1) * CHUNK);
  return packed;
}

/** Puts the parts together again; undefined when the entity has no such value. */
export function unpackJson(name: string, entity: Readonly<Record<string, unknown>>): unknown {
  const chunks = entity[`${name}Chunks`];
  if (typeof chunks !== 'number') return undefined;
  const texts = Array.from({ length: chunks }, (_, index) => entity[`${name}${index}`] as string);
  return JSON.parse(texts.join(''));
}
