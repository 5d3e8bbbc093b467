import type { IncomingMessage } from 'node:http';

/** Largest request body, in bytes, as the real host allows by default (FUNCTIONS_REQUEST_BODY_SIZE_LIMIT changes it). */
export const DEFAULT_BODY_LIMIT = 104_857_600;

/**
 * Reads the whole body of a request; undefined where it is larger than `limit` bytes. What is beyond the limit is not
 * kept, but is read, so that the client gets to see the answer.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= limit) parts.push(part);
    else parts.length = 0;
  }
  return length > limit ? undefined : Buffer.concat(parts);
}
