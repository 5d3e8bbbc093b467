import type { ManagementRequest } from '../host/durable-extension';
import type { HttpAnswer } from '../http/http-answer';

/** An answer with a JSON body. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const all = { 'content-type': 'application/json; charset=utf-8', ...headers };
  return { status, headers: all, body: JSON.stringify(value) };
}

/** What the extension answers where an exception reached it. */
export function exception(status: number, message: string, type: string, detail: string): HttpAnswer {
  return json(status, {
    Message: message,
    ExceptionMessage: detail,
    ExceptionType: type,
    StackTrace: '\n   at the embedded host',
  });
}

/** A body that is not JSON, where JSON is asked for. */
export function invalidJson(detail: string): HttpAnswer {
  return exception(400, 'Invalid JSON content', 'Newtonsoft.Json.JsonReaderException', detail);
}

/** The body as text. */
export function bodyText(request: ManagementRequest): string {
  return Buffer.from(request.body).toString('utf8');
}

/** Whether the body is said to be JSON. */
export function saysJson(request: ManagementRequest): boolean {
  return (request.headers['content-type'] ?? '').toLowerCase().startsWith('application/json');
}

/** Why a text is not JSON; undefined where it is. */
export function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
