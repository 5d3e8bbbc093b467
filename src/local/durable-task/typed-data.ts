import type { RpcTypedData } from '../worker/rpc';

/** JSON text of a value that a function gave back, as the extension makes it. */
export function jsonOf(value: RpcTypedData | null | undefined): string {
  if (value?.json !== undefined) return value.json;
  if (value?.string !== undefined) return JSON.stringify(value.string);
  if (value?.int !== undefined) return JSON.stringify(value.int);
  if (value?.double !== undefined) {
    return JSON.stringify(Number.isFinite(value.double) ? value.double : String(value.double));
  }
  if (value?.bytes !== undefined) return JSON.stringify(Buffer.from(value.bytes).toString('base64'));
  return 'null';
}

/** A value on its way to a function: the extension hands null over as nothing, and booleans as .NET writes them. */
export function typedData(json: string): RpcTypedData {
  if (json === 'null') return {};
  if (json === 'true') return { string: 'True' };
  if (json === 'false') return { string: 'False' };
  return { json };
}

/** The top-level members of an object, which become trigger metadata. */
export function memberData(json: string): Record<string, RpcTypedData> {
  const value: unknown = JSON.parse(json);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, { json: JSON.stringify(inner) }]));
}
