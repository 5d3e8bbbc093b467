import type { HttpAnswer } from '../http/http-answer';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** An answer with a JSON body. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(value) };
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
