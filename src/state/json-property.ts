import type { BlobRef } from '../model/artifact';
import { packJson, unpackJson } from './packed-json';
import type { ArtifactStore } from './stores';

type JsonBlobs = Pick<ArtifactStore, 'putJson' | 'getJson'>;

/** A JSON value of any size as properties of an entity: in the entity where it fits, else in a blob. */
export async function toProperties(
  blobs: JsonBlobs,
  name: string,
  value: unknown,
): Promise<Record<string, string | number>> {
  const packed = packJson(name, value);
  if (packed !== null) return packed;
  return { [`${name}Blob`]: JSON.stringify(await blobs.putJson('records', value)) };
}

/** Reads it back; undefined when the entity has no such value. */
export async function fromProperties<T>(
  blobs: JsonBlobs,
  name: string,
  entity: Readonly<Record<string, unknown>>,
): Promise<T | undefined> {
  const blob = entity[`${name}Blob`];
  if (typeof blob === 'string') return blobs.getJson<T>(JSON.parse(blob) as BlobRef);
  return unpackJson(name, entity) as T | undefined;
}
