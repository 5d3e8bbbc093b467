import { createHash } from 'node:crypto';

/** SHA-256 as lower-case hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * A text as a partition or row key of a table. Keys may not hold `/ \ # ?` and control characters and at most 1 KB; what
 * holds anything but letters, digits and a few marks, or is long, becomes its hash.
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#characters-disallowed-in-key-fields
 */
export function safeKey(text: string): string {
  return /^[\w.:-]{1,200}$/.test(text) ? text : `~${sha256(text)}`;
}

/** Later than every time that is written. */
const END_OF_TIME = 9_999_999_999_999;

/** A time as a key that sorts newest first, since tables sort rows upwards only. */
export function newestFirst(at: string): string {
  return String(END_OF_TIME - Date.parse(at)).padStart(13, '0');
}

/** A number as a key that sorts upwards. */
export function ascending(value: number): string {
  return String(value).padStart(16, '0');
}

/** The id of the release that comes of a request in the review of a batch: the same request gives the same release. */
export function releaseIdOf(batch: string, request: string): string {
  return `rel-${sha256(`${batch}\n${request}`).slice(0, 24)}`;
}
