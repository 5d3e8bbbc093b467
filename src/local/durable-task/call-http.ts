import http from 'node:http';
import https from 'node:https';
import type { HttpRequest } from './sdk-answer';

/** A request of `callHttp`; `base` is the address of the first one, for a relative address to poll. */
export interface HttpCall extends HttpRequest {
  base?: string;
}

/** What an orchestrator is given, in the extension's form. */
export interface HttpCallAnswer {
  statusCode: number;
  headers: Record<string, string>;
  content: string;
}

/** Headers of the body are not part of the answer in .NET, and so not in the extension's. */
const OF_THE_CONTENT = /^(content-.*|allow|expires|last-modified)$/i;
/** Redirects that .NET follows. */
const REDIRECTS = 50;
/** How long an answer may take: the default of HttpClient, in ms. */
const TIMEOUT_MS = 100_000;

/** Sends a request and follows redirects; where nobody answers, what the extension says of it. */
export async function callHttp(call: HttpCall): Promise<HttpCallAnswer | { error: string; details: string }> {
  let url = new URL(call.uri, call.base);
  let request: HttpRequest = call;
  try {
    for (let hops = 0; ; hops += 1) {
      const answer = await send(url, request);
      const location = answer.headers['Location'];
      if (location === undefined || ![301, 302, 303, 307, 308].includes(answer.statusCode) || hops === REDIRECTS) {
        return answer;
      }
      url = new URL(location, url);
      if (answer.statusCode < 307) request = { ...request, method: 'GET', content: undefined };
    }
  } catch (error) {
    return failureOf(error, url);
  }
}

function send(url: URL, { method, content, headers = {} }: HttpRequest): Promise<HttpCallAnswer> {
  const hasBody = content !== undefined && content !== null;
  const body = hasBody ? Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)) : undefined;
  const given = Object.entries(headers).filter(([name]) => hasBody || name.toLowerCase() !== 'content-type');
  const sent: http.OutgoingHttpHeaders = Object.fromEntries(given);
  if (body !== undefined) {
    if (!given.some(([name]) => name.toLowerCase() === 'content-type')) sent['Content-Type'] = 'text/plain';
    sent['Content-Length'] = body.length;
  }
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: sent, timeout: TIMEOUT_MS }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        resolve({ statusCode: response.statusCode ?? 0, headers: headersOf(response), content: text });
      });
    });
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error('The request was canceled due to the configured timeout.')),
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function headersOf({ headers }: http.IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CONTENT.test(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [titleCase(name), Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function failureOf(error: unknown, url: URL): { error: string; details: string } {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const where = `(${url.hostname}:${port})`;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const details = stack ?? message;
  if (code === 'ECONNREFUSED') return { error: `Connection refused ${where}`, details };
  if (code === 'ENOTFOUND') return { error: `Name or service not known ${where}`, details };
  return { error: message, details };
}

/** As .NET writes the names of headers that it knows. */
function titleCase(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
