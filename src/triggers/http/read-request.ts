import type { HttpRequest } from '@azure/functions';
import type { z } from 'zod';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import { RequestTooLargeError } from '../../errors/request-too-large-error';
import { UnsupportedMediaTypeError } from '../../errors/unsupported-media-type-error';

/** Bodies name pipelines and parameters: more than this is not meant for us. */
export const MOST_BODY_BYTES = 64 * 1024;

/**
 * Reads a JSON body; none at all counts as `{}`.
 * @throws {InvalidRequestError | RequestTooLargeError | UnsupportedMediaTypeError}
 */
export async function readBody<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<T> {
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BODY_BYTES)
    throw new RequestTooLargeError(MOST_BODY_BYTES);
  const text = await request.text();
  if (Buffer.byteLength(text) > MOST_BODY_BYTES) throw new RequestTooLargeError(MOST_BODY_BYTES);
  if (text.trim() === '') return parse({}, schema);
  const type = request.headers.get('content-type');
  if (type !== null && !/^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(type) && !isDefault(type)) {
    throw new UnsupportedMediaTypeError(type);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidRequestError([{ path: '', message: 'the body is not JSON' }]);
  }
  return parse(value, schema);
}

/** What `fetch` says of a text when nobody told it otherwise. */
function isDefault(type: string): boolean {
  return /^text\/plain\s*(;|$)/i.test(type);
}

/** Reads the query; a parameter given twice is refused. @throws {InvalidRequestError} */
export function readQuery<T>(request: HttpRequest, schema: z.ZodType<T>): T {
  const names = [...request.query.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InvalidRequestError([{ path: twice, message: 'given twice' }]);
  // The function key travels in the query too, and is none of the schema's business.
  const { code: _, ...query } = Object.fromEntries(request.query.entries());
  return parse(query, schema);
}

function parse<T>(value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidRequestError(
    parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
  );
}
