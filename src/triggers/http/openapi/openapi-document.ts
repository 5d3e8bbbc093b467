import { z } from 'zod';
import { statusOfCode } from '../problem';
import type { HttpRoute } from '../http-route';
import { jsonSchemaOf, type JsonSchema } from './json-schema-of';
import { TAGS, type RouteDescription } from './route-description';
import { problem } from './schemas/common';

/** A parameter of an operation. */
export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}
interface ApiContent {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;
}
export interface ApiAnswer extends ApiContent {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;
}
/** One method of one address. */
export interface ApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly ApiParameter[];
  readonly requestBody?: ApiContent & { readonly required: boolean };
  readonly responses: Readonly<Record<string, ApiAnswer>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly 'x-sluice-role': string | null;
}
/** An OpenAPI 3.1 document, as far as we write it. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

const ABOUT =
  'Data pipelines as YAML, run by durable orchestrations. Times are ISO 8601, UTC. What a request is refused with is a problem document ' +
  '(RFC 9457) with a stable `code`, a `fix`, and the page of a runbook.';
const SECURITY = {
  functionKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-functions-key',
    description: 'A function key of the app. The embedded host wants none.',
  },
  session: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token, or a session, of App Service authentication where the app has that.',
  },
};
/** What any route may answer, whatever it is; and what those do that not everybody may call. */
const ANY_ROUTE = ['too-many-requests', 'storage-unavailable', 'unexpected-error'];
const GUARDED_ROUTE = ['sign-in-required', 'role-required'];
const CHANGING_ROUTE = ['cross-site-request'];

/** Describes the routes; `base` is the address that they are below, such as `/api`. */
export function openApiDocument(
  routes: readonly HttpRoute[],
  descriptions: Readonly<Record<string, RouteDescription | undefined>>,
  base: string,
): ApiDocument {
  const components = new Map<string, JsonSchema>();
  const paths: Record<string, Record<string, ApiOperation>> = {};
  const used = new Set<string>();
  for (const route of routes) {
    const description = descriptions[route.name];
    if (description === undefined) continue;
    used.add(description.tag);
    const path = (paths[`/${route.route}`] ??= {});
    path[route.method.toLowerCase()] = operationOf(route, description, components);
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Sluice', version: '1', description: ABOUT },
    servers: [{ url: base, description: 'This app.' }],
    tags: Object.entries(TAGS).flatMap(([name, description]) => (used.has(name) ? [{ name, description }] : [])),
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([one], [other]) => (one < other ? -1 : 1))),
      securitySchemes: SECURITY,
    },
  };
}

function operationOf(
  route: HttpRoute,
  description: RouteDescription,
  components: Map<string, JsonSchema>,
): ApiOperation {
  const { tag, summary, detail, path = {}, query, headers = {}, body, bodyExample } = description;
  const needs =
    route.role === null ? 'Open to everybody.' : `Needs the role \`${route.role}\`, or one that may do more.`;
  return {
    operationId: operationIdOf(route.name),
    tags: [tag],
    summary,
    description: [detail, needs].filter((part) => part !== undefined).join('\n\n'),
    parameters: [
      ...parametersOf(z.object(path), 'path', components),
      ...(query === undefined ? [] : parametersOf(query, 'query', components)),
      ...parametersOf(z.object(headers).partial(), 'header', components),
    ],
    ...(body !== undefined && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: {
          'application/json': {
            schema: jsonSchemaOf(body, 'input', components),
            ...(bodyExample !== undefined && { example: bodyExample }),
          },
        },
      },
    }),
    responses: { ...answerOf(description, components), ...problemsOf(route, description, components) },
    security: route.role === null ? [] : [{ functionKey: [] }, { session: [] }],
    'x-sluice-role': route.role,
  };
}

function parametersOf(
  of: z.ZodObject,
  place: ApiParameter['in'],
  components: Map<string, JsonSchema>,
): readonly ApiParameter[] {
  const { properties = {}, required = [] } = jsonSchemaOf(of, 'input', components) as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(typeof description === 'string' && { description }),
    schema,
  }));
}

function answerOf({ answer }: RouteDescription, components: Map<string, JsonSchema>): Record<string, ApiAnswer> {
  const { status = 200, means, schema, contentType = 'application/json', headers = {}, example } = answer;
  const text: JsonSchema = { type: 'string' };
  return {
    [status]: {
      description: means,
      ...(Object.keys(headers).length > 0 && {
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, description]) => [name, { description, schema: text }]),
        ),
      }),
      content: {
        [contentType]: {
          schema: schema === undefined ? text : jsonSchemaOf(schema, 'output', components),
          ...(example !== undefined && { example }),
        },
      },
    },
  };
}

/** The problems of a route by status, each with the codes that it may carry. */
function problemsOf(
  { statuses = {}, role, method }: HttpRoute,
  { query, body, problems = [] }: RouteDescription,
  components: Map<string, JsonSchema>,
): Record<string, ApiAnswer> {
  const codes = [
    ...((query ?? body) ? ['invalid-request'] : []),
    ...problems,
    ...(role === null ? [] : GUARDED_ROUTE),
    ...(method === 'GET' ? [] : CHANGING_ROUTE),
    ...ANY_ROUTE,
  ];
  const byStatus = new Map<number, string[]>();
  for (const code of new Set(codes)) {
    const status = statuses[code] ?? statusOfCode(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const schema = jsonSchemaOf(problem, 'output', components);
  return Object.fromEntries(
    [...byStatus].map(([status, its]) => [
      String(status),
      {
        description: its.map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema } },
      },
    ]),
  );
}

function operationIdOf(name: string): string {
  return name.replace(/^api-/, '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
