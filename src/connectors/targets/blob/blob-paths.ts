import { createHash } from 'node:crypto';

export const MANIFEST = '_sluice/manifest.json';
/** What staging knows of each partition, until it is published or thrown away. */
export const STAGING = '_sluice/staging/';
export const DATA = 'data/';

/** The staging area of a pipeline in a run: part of names of blobs, so hashed. */
export function stagingArea(runId: string, pipeline: string): string {
  return `${runPrefix(runId)}${hash(pipeline)}`;
}

/** What the names of all staging areas of a run begin with. */
export function runPrefix(runId: string): string {
  return `${hash(runId)}-`;
}

/** The staging area that a blob belongs to; null when it belongs to none. */
export function areaOf(name: string): string | null {
  return /^(?:data|_sluice\/staging)\/([0-9a-f]{20}-[0-9a-f]{20})\//.exec(name)?.[1] ?? null;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}

/** The record of a staged partition: a repeated staging writes it again. */
export function recordName(area: string, partition: number): string {
  return `${STAGING}${area}/${partition}.json`;
}

/** The folder of what one staging of a partition uploads. */
export function dataFolder(area: string, partition: number, nonce: string): string {
  return `${DATA}${area}/${partition}-${nonce}/`;
}

/** The Hive folders of a group of rows, such as `country=DE/`; a null has the name that Hive gave it. */
export function hiveFolders(values: Readonly<Record<string, string | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${encode(name)}=${value === null ? '__HIVE_DEFAULT_PARTITION__' : encode(value)}/`)
    .join('');
}

/** Percent encoding of what cannot stand in a folder's name; an empty text has no name of its own in Hive. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*.]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
